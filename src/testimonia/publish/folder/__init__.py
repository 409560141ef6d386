"""The folder of a release: its files, its manifest, and how it is put in place whole."""
