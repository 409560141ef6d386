"""SPARQL over columns: quads as DuckDB tables of integers, and queries compiled to SQL over them.

`term_ids` says how terms become integers, `quad_tables` which tables there are.
"""
