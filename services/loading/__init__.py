"""Units, challenges and agents from a file: CSV, XLSX or JSON Lines."""
