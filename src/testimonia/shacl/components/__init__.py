"""Constraint components, each over all its value nodes at once."""
