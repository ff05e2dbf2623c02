"""The demonstration: everything in one process, with sample data, on this computer only."""
