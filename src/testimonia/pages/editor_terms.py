"""What the SPARQL editor completes: the classes, properties, codes, agents and so on of the data, as JSON.

The editor runs in the browser, so that it needs no server: it loads the whole list when the reader begins to write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import DCTERMS, OWL, PREFIXES, RDF, RDFS, SKOS, TMN
from testimonia.pages.locator_map import coordinates
from testimonia.pages.node_reader import NodeReader
from testimonia.query.store import Store

__all__ = ["MAX_COUNTED", "MOST_OF_A_KIND", "editor_terms"]

MOST_OF_A_KIND: Final = 5_000
"""The most terms of a kind, those that are used most."""
MAX_COUNTED: Final = 2_000_000
"""The most statements of a store in which uses are counted; in larger ones only what is declared is listed."""

_USED: Final = {
    "class": "SELECT ?term (COUNT(*) AS ?n) WHERE { ?s a ?term } GROUP BY ?term",
    "property": "SELECT ?term (COUNT(*) AS ?n) WHERE { ?s ?term ?o } GROUP BY ?term",
}
_DECLARED: Final = {
    "class": (OWL.Class, RDFS.Class),
    "property": (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty),
    "code": (SKOS.Concept,),
    "incident": (TMN.Incident,),
    "event": (TMN.Event,),
    "agent": (TMN.Agent,),
    "place": (TMN.Place,),
    "group": (TMN.PersonGroup,),
    "policy": (TMN.Policy,),
}
_NAMES: Final = (SKOS.prefLabel, RDFS.label, DCTERMS.title)
_GLOSSES: Final = (SKOS.definition, RDFS.comment)
_EXPLAINED: Final = frozenset({"class", "property", "code"})


def editor_terms(store: Store) -> bytes:
    """Write the terms as JSON.

    Parameters
    ----------
    store
        The store.

    Returns
    -------
    bytes
        An object: ``prefixes``; ``kinds``, which names the kinds; and ``terms``, which has an array for each term: its
        IRI, the number of its kind, its names by language, how often it is used, what it means in English, and
        for a place its latitude and longitude if the data have them. What is empty at the end is left out.
    """
    reader = NodeReader(store)
    kinds = list(_DECLARED)
    terms = []
    done = set[NamedNode]()
    for kind in kinds:
        found = {node: uses for node, uses in _terms(store, kind).items() if node not in done}
        chosen = sorted(found, key=lambda node: (-found[node], node.value))[:MOST_OF_A_KIND]
        done.update(chosen)
        terms += [_entry(reader, node, kind, kinds.index(kind), found[node]) for node in chosen]
    written = {"prefixes": PREFIXES, "kinds": kinds, "terms": terms}
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _terms(store: Store, kind: str) -> Mapping[NamedNode, int]:
    """Count how often each term of a kind is used, or referred to; those declared in any case."""
    found: dict[NamedNode, int] = {}
    if kind in _USED and len(store) <= MAX_COUNTED:
        for row in store.solutions(_USED[kind], {}):
            term, number = row["term"], row["n"]
            if isinstance(term, NamedNode) and isinstance(number, Literal):
                found[term] = int(number.value)
    for node in _instances(store, kind):
        if node not in found:
            found[node] = 0 if kind in _USED else sum(1 for _ in store.incoming(node))
    return found


def _instances(store: Store, kind: str) -> Iterator[NamedNode]:
    """Iterate over the instances of the classes of a kind, and of those below them."""
    classes = list(_DECLARED[kind])
    for class_ in classes:  # grows while it is read
        for triple in store.incoming(class_):
            node = triple.subject
            if not isinstance(node, NamedNode):
                continue
            if triple.predicate == RDFS.subClassOf and node not in classes:
                classes.append(node)
            elif triple.predicate == RDF.type:
                yield node


def _entry(reader: NodeReader, node: NamedNode, kind: str, number: int, uses: int) -> list[Any]:
    gloss = reader.text(node, *_GLOSSES) if kind in _EXPLAINED else None
    place = coordinates(reader, node) if kind == "place" else None
    entry = [node.value, number, _names(reader, node), uses, gloss.text if gloss else "", place]
    while entry[-1] in ("", None):
        entry.pop()
    return entry


def _names(reader: NodeReader, node: NamedNode) -> dict[str, str]:
    """Return the names of a term by language; the first property that has any."""
    for predicate in _NAMES:
        found: dict[str, str] = {}
        for value in reader.values(node, predicate):
            if isinstance(value, Literal):
                found.setdefault(value.language or "", value.value)
        if found:
            return found
    return {}
