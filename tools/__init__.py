"""Tools for those who work on Testimonia; not part of the installed library."""
