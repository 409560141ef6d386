"""Derivation: what follows from attributed claims, by which rule, and why."""
