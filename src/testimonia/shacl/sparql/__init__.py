"""SPARQL in shapes: prepared, rewritten to be asked of all focus nodes at once, and run."""
