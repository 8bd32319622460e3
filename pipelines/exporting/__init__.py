"""Articles out of the archive: which rows, in which order, written in which format."""
