"""Parsing of shapes graphs: from triples to the shapes that the engine evaluates."""
