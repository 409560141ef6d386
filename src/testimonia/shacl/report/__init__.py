"""Validation reports: results in columns, and the report graph that SHACL defines."""
