"""What the search looks through: the names of everything in the data, in all languages, as JSON.

The search runs in the browser, so that it needs no server: the page loads the whole index, once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import RDF, RDFS, SKOS, TMN
from testimonia.pages.addresses import path_of
from testimonia.pages.node_reader import Link, NodeReader
from testimonia.pages.thing_kinds import KINDS, kind_of

__all__ = ["MOST_INDEXED", "browsed", "listed", "search_index"]

MOST_INDEXED: Final = 100_000
"""The most things in an index; claims come last, so that those are left out first."""

_NAMES: Final = (SKOS.prefLabel, RDFS.label, SKOS.altLabel)
_BROWSED: Final = ("incident", "event", "document", "agent", "place")
_MOST_BROWSED: Final = 300
_ORDER: Final = tuple(dict.fromkeys([*_BROWSED, *KINDS.values()]))


def search_index(reader: NodeReader) -> bytes:
    """Write the index as JSON.

    Parameters
    ----------
    reader
        Reads the store, from the root of the site.

    Returns
    -------
    bytes
        An object: ``facets`` names the facets, ``things`` has an array for each thing: its kind, path, name,
        its other names, each with its language, its glosses in all languages, and the values of the facets.
    """
    things = [
        [kind, path_of(node.value), *_names(reader, node), *_facets(reader, node, kind)]
        for kind, node in listed(reader)
    ]
    found = {"facets": ["party", "harm", "stance", "year", "grade"], "things": things}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def browsed(reader: NodeReader) -> list[tuple[str, list[Link], int]]:
    """List the things to browse: by kind, as far as they are listed, and how many are not.

    Parameters
    ----------
    reader
        Reads the store, from the root of the site.
    """
    groups: dict[str, list[NamedNode]] = defaultdict(list)
    for kind, node in listed(reader):
        if kind in _BROWSED:
            groups[kind].append(node)
    return [
        (
            kind,
            reader.links(groups[kind][:_MOST_BROWSED]),
            max(0, len(groups[kind]) - _MOST_BROWSED),
        )
        for kind in _BROWSED
        if groups[kind]
    ]


def listed(reader: NodeReader) -> Iterator[tuple[str, NamedNode]]:
    """Iterate over the things that have a kind, with it, by kind, then by IRI: claims last, and at most `MOST_INDEXED`.

    Parameters
    ----------
    reader
        Reads the store.
    """
    nodes = _instances(reader)
    ranked = sorted(nodes, key=lambda node: (_ORDER.index(nodes[node]), node.value))
    ranked.sort(key=lambda node: nodes[node] == "claim")
    for node in ranked[:MOST_INDEXED]:
        yield nodes[node], node


def _instances(reader: NodeReader) -> Mapping[NamedNode, str]:
    found: dict[NamedNode, str] = {}
    for class_ in _classes_below(reader, KINDS):
        for node in reader.subjects(class_, RDF.type):
            if node not in found and any(True for _ in reader.store.outgoing(node)):
                found[node] = kind_of(reader, node)
    unwanted = ("passage", "record", "assessment", "ontology", "thing")
    return {node: kind for node, kind in found.items() if kind not in unwanted}


def _classes_below(reader: NodeReader, roots: Iterable[NamedNode]) -> list[NamedNode]:
    found = list(roots)
    for class_ in found:  # grows while it is read
        found += [b for b in reader.subjects(class_, RDFS.subClassOf) if b not in found]
    return found


def _names(reader: NodeReader, node: NamedNode) -> tuple[str, list[tuple[str, str]], str]:
    """Return the name of a thing; all others, each once, with a language; and its glosses."""
    name = reader.name(node)
    others = {
        value.value: value.language or ""
        for predicate in _NAMES
        for value in _literals(reader, node, predicate)
        if value.value != name
    }
    glosses = dict.fromkeys(value.value for value in _literals(reader, node, TMN.gloss))
    return name, list(others.items()), " · ".join(glosses)


def _literals(reader: NodeReader, node: NamedNode, predicate: NamedNode) -> Iterator[Literal]:
    return (value for value in reader.values(node, predicate) if isinstance(value, Literal))


def _facets(reader: NodeReader, node: NamedNode, kind: str) -> Iterator[str]:
    """Iterate over the values of the facets of a claim or a figure; empty for anything else."""
    proposition = reader.node(node, TMN.proposition) if kind == "claim" else node
    known = reader.node(node, TMN.knownAt) if kind == "claim" else None
    found = [
        reader.node(node, TMN.originParty),
        reader.node(proposition, TMN.harm) if proposition is not None else None,
        reader.node(node, TMN.stance),
    ]
    for value in found:
        yield reader.name(value) if value is not None else ""
    first = (reader.literal(known, TMN.notBefore) if known is not None else None) or ""
    last = (reader.literal(known, TMN.notAfter) if known is not None else None) or ""
    yield (first or last)[:4]
    yield _grade(reader, node) if kind == "proposition" else ""


def _grade(reader: NodeReader, proposition: NamedNode) -> str:
    for assessment in reader.subjects(proposition, TMN.assessedFigure):
        grade = reader.node(assessment, TMN.grade)
        if grade is not None:
            return reader.name(grade)
    return ""
