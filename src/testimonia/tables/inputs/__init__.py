"""Readers of tables: detect format, compression and encoding of a file, and read its cells."""
