"""Publishing: release folders that are the same bytes wherever they are made."""
