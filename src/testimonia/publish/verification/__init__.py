"""The check of a release that may be by anyone."""
