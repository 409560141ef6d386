"""Feeds spoilt inputs to what reads them, and counts what becomes of each."""
