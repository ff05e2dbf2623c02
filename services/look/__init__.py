"""How the pages look and speak: layout, parts, styles, icons, words, the map."""
