"""Queries over a store, embedded or remote, and their answers as rows, frames and tables."""
