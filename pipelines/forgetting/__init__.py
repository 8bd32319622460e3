"""Deletion that deletes: what the archive holds of a story or a name is found, removed, and kept from coming back."""
