"""The endpoint: read-only SPARQL over HTTP, the questions as addresses, descriptions and dumps.

A process that has not started any thread holds the data and forks workers (`forkserver`); each worker
runs one query at a time (`worker`) and can be killed at no loss. The server hands requests to them
(`pool`, `lanes`) and speaks HTTP (`app`).
"""
