"""Tools with no business in them."""
