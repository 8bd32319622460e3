"""`dateline sources`: the outlets in the file, in the database, and as they are on the web."""
