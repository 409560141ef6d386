"""Claim tables as files that people open: CSV, XLSX and Parquet, read with every fault told, written, and empty to fill in."""
