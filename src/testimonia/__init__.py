"""Attributed claims about security incidents."""

__version__ = "0.1.0"
