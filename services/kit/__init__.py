"""Tools with no business in them: settings, store, stream, letters, logs."""
