"""Data as columns: triples read from any source, their terms as numbers."""
