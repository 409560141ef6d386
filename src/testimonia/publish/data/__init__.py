"""The data of a release: statements sorted into their graphs, and as claim tables."""
