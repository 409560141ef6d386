"""The data graph in columns: triples read from any source, dictionary-encoded."""
