"""Validation reports: results as columns and as the graph that SHACL defines."""
