"""What ``piiri`` can be told to do."""
