"""The only serializer: the same quads always give the same bytes, in whatever order they come.

Everything is based on canonical lines: N-Triples and N-Quads in the canonical form of RDFC-1.0, as
pyoxigraph writes them. Turtle, TriG and JSON-LD are made from the text of such lines, so that no
literal can change.
"""

from __future__ import annotations

from testimonia.rdf.canonical.quads import canonical_nquads, graph_digest, sort_canonically
from testimonia.rdf.canonical.sorting import Sorter

__all__ = ["Sorter", "canonical_nquads", "graph_digest", "sort_canonically"]
