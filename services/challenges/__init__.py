"""Units register challenges."""
