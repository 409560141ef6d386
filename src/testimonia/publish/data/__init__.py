"""The data of a release: statements in their graphs and in order, and as claim tables."""
