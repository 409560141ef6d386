"""Claim tables as CSV, XLSX and Parquet files: reads them and reports all faults, exports, templates."""
