"""Hints on how to fix a finding: the comments and descriptions of shapes."""

from __future__ import annotations

from pyoxigraph import Literal

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.messages import preferred
from testimonia.shacl.names import COMMENT, sh
from testimonia.shacl.shapes_graph import ShapesGraph

__all__ = ["hint"]


def hint(graph: ShapesGraph, *nodes: Term | None) -> str:
    """Return the comment or description of the first node that has one, preferably in English."""
    for node in nodes:
        if node is None:
            continue
        for predicate in (COMMENT, sh("description")):
            texts = graph.objects(node, predicate)
            if chosen := preferred(text for text in texts if isinstance(text, Literal)):
                return chosen
    return ""
