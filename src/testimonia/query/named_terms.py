"""Finds the IRIs that a query names."""

from __future__ import annotations

import re
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import ONTOLOGY, PREFIXES
from testimonia.query.columnar.term_ids import ADDRESS
from testimonia.query.sparql import tokens

__all__ = ["named_terms"]

_NAMESPACES: Final = frozenset(PREFIXES.values())
_ABSOLUTE: Final = re.compile(ADDRESS)
_ESCAPE: Final = re.compile(r"\\(.)")


def named_terms(query: str, spaces: tuple[str, ...] = (ONTOLOGY,)) -> set[NamedNode]:
    """Find the IRIs that a query names outside of its prologue; ``a`` is not counted.

    Parameters
    ----------
    query
        SPARQL.
    spaces
        What they begin with: by default, the terms of the ontology.
    """
    prefixes = dict(PREFIXES)
    found = set()
    before = ["", ""]
    for token in tokens(query):
        declares = before[0] == "PREFIX" or before[1] in ("PREFIX", "BASE")
        if token.kind == "iri" and before[0] == "PREFIX":
            prefixes[before[1].rstrip(":")] = token.text[1:-1]
        iri = token.text[1:-1] if token.kind == "iri" else None
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iri = prefixes.get(prefix, "") + _ESCAPE.sub(r"\1", local)
        # What stands between two comparisons looks like an IRI: ?a<3 && ?b>4.
        is_iri = iri is not None and _ABSOLUTE.fullmatch(iri) and not declares
        if iri is not None and is_iri and iri.startswith(spaces) and iri not in _NAMESPACES:
            found.add(NamedNode(iri))
        before = [before[1], token.text if token.kind == "name" else token.text.upper()]
    return found
