"""SPARQL over columns: quads as DuckDB tables of integers, and queries compiled to SQL over them.

`term_ids` says how terms become integers, and `quad_tables` which tables there are. `columnar_store` answers
queries: `compiled_queries` parses them and compiles their algebra (`group_patterns`, `triple_patterns`,
`expression_compiler`, `aggregating`) to one SELECT, and `decoding` makes terms of what it finds.
"""
