"""Shapes graphs: read, checked, and turned into the shapes that the engine works from."""
