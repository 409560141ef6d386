"""Checks the SPARQL queries of shapes by their tokens: the names they use, and if they fetch data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal

from testimonia.errors import ShapesError
from testimonia.namespaces import PREFIXES, expand, shorten
from testimonia.query.sparql import Token, tokens
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import sh
from testimonia.shacl.shapes_graph import ShapesGraph

__all__ = ["QUERIES", "names_in", "refuse_fetching"]

QUERIES = (sh("select"), sh("ask"))
"""The predicates whose values are queries."""

_FETCHING = {"SERVICE", "FROM"}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def refuse_fetching(graph: ShapesGraph) -> None:
    """Refuse queries that would fetch data: those with SERVICE, or with FROM, which SHACL forbids.

    Raises
    ------
    ShapesError
        A query has one of these clauses.
    """
    for predicate in QUERIES:
        for node in graph.subjects(predicate):
            for text in graph.objects(node, predicate):
                if isinstance(text, Literal):
                    _refuse_fetching(graph, node, text.value)


def _refuse_fetching(graph: ShapesGraph, node: Term, query: str) -> None:
    # Engines read SERVICE:x as SERVICE and :x.
    words = {
        token.text.partition(":")[0].upper()
        for token in _tokens(query)
        if token.kind in ("word", "name")
    }
    for word in sorted(words & _FETCHING):
        owner = graph.owner(node)
        raise ShapesError(
            f"a query in the shape {shorten(owner.value) if owner else 'without an IRI'} "
            f"has {word}: nothing is fetched",
            hint="Write the constraint over the data graph alone.",
        )


def names_in(query: str) -> set[str]:
    """Return the IRIs of the prefixed names in a query, where the prefix is a known one."""
    expanded = (expand(token.text) for token in _tokens(query) if token.kind == "name")
    return {iri for iri in expanded if iri and iri not in PREFIXES.values()}


def _tokens(query: str) -> Iterator[Token]:
    """Split a query into tokens with numeric escapes resolved, even in keywords, as in rdflib."""
    # SPARQL 1.1 Query, section 19.2
    return tokens(_ESCAPE.sub(lambda escape: _character(int(escape[1] or escape[2], 16)), query))


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\N{REPLACEMENT CHARACTER}"
