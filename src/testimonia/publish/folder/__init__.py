"""The folder of a release: its files, its manifest, and how it is moved into place as a whole."""
