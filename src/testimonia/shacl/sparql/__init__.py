"""SPARQL queries of shapes: checked, rewritten to run for all focus nodes at once, and run."""
