"""Who hears of what, and the letters."""
