r"""Writes JSON-LD with a context: short names for properties and classes, other IRIs in full.

Other IRIs are not abbreviated, since an absolute IRI whose scheme is also a prefix (``claim:x``) could
not be distinguished from a compact one. The text of a literal in a canonical line is also a JSON
string, since the escapes are the same.

Source: JSON-LD 1.1, sections 3.1, 4.2 and 9.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pyoxigraph import NamedNode, Quad

from testimonia.namespaces import ONTOLOGY, OWL, PREFIXES, RDF, RDFS
from testimonia.rdf.canonical.blocks import Block, GraphBlocks
from testimonia.rdf.canonical.nquads import DEFAULT

__all__ = ["Context", "Nodes", "context", "jsonld", "jsonld_of"]

_TYPE: Final = RDF.type.value
_XSD: Final = PREFIXES["xsd"]
_PLAIN: Final = {_XSD + "string", RDF.langString.value, RDFS.Literal.value}
# Terms of other vocabularies in the data: name, CURIE, and whether it is an object property.
_REUSED: Final = {
    "label": ("rdfs:label", False),
    "comment": ("rdfs:comment", False),
    "seeAlso": ("rdfs:seeAlso", True),
    "sameAs": ("owl:sameAs", True),
    "prefLabel": ("skos:prefLabel", False),
    "altLabel": ("skos:altLabel", False),
    "definition": ("skos:definition", False),
    "notation": ("skos:notation", False),
    "broader": ("skos:broader", True),
    "inScheme": ("skos:inScheme", True),
    "topConceptOf": ("skos:topConceptOf", True),
    "hasSource": ("oa:hasSource", True),
    "hasSelector": ("oa:hasSelector", True),
    "TextPositionSelector": ("oa:TextPositionSelector", False),
    "Membership": ("org:Membership", False),
    "member": ("org:member", True),
    "organization": ("org:organization", True),
    "postIn": ("org:postIn", True),
    "subOrganizationOf": ("org:subOrganizationOf", True),
    "language": ("dcterms:language", False),
    "publisher": ("dcterms:publisher", True),
    "sourceOrganization": ("schema:sourceOrganization", True),
    "sfDisjoint": ("geo:sfDisjoint", True),
    "exactMatch": ("skos:exactMatch", True),
    "closeMatch": ("skos:closeMatch", True),
    "identifier": ("dcterms:identifier", False),
    "wasDerivedFrom": ("prov:wasDerivedFrom", True),
    "wasGeneratedBy": ("prov:wasGeneratedBy", True),
    "used": ("prov:used", True),
}
_REMEMBERED: Final = 20_000
_COUNTS: Final = {"start": "oa:start", "end": "oa:end"}


@dataclass(frozen=True)
class Context:
    """A JSON-LD context."""

    names: dict[str, str]
    """Short names by the IRI of the property or class."""

    coercions: dict[str, str]
    """The type coercion of a property, ``@id`` or a datatype, by IRI."""

    def definition(self) -> dict[str, Any]:
        """Give the context as a JSON object."""
        terms = {}
        for iri, name in sorted(self.names.items(), key=lambda item: item[1]):
            coercion = self.coercions.get(iri)
            terms[name] = {"@id": iri} | ({"@type": coercion} if coercion else {})
        return {"@version": 1.1, **terms}


def context(ontology: Iterable[Quad]) -> Context:
    """Make a context from an ontology and the vocabularies that the data reuse.

    Object properties are coerced to ``@id``, and datatype properties with one XML Schema range to that
    datatype.

    Parameters
    ----------
    ontology
        Its statements; only terms in the namespace ``tmn:`` are used.
    """
    kinds: dict[str, set[str]] = {}
    ranges: dict[str, set[str]] = {}
    for quad in ontology:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            if quad.predicate.value == _TYPE:
                kinds.setdefault(quad.subject.value, set()).add(quad.object.value)
            elif quad.predicate.value == RDFS.range.value:
                ranges.setdefault(quad.subject.value, set()).add(quad.object.value)
    declared = {iri: found for iri, found in kinds.items() if iri.startswith(ONTOLOGY)}
    names = {iri: iri.removeprefix(ONTOLOGY) for iri in declared}
    coercions = {}
    for iri, found in declared.items():
        coercion = _coercion(found, ranges.get(iri, set()))
        if coercion:
            coercions[iri] = coercion
    taken = set(names.values())
    for name, (curie, links) in _REUSED.items():
        if name not in taken:
            names[_full(curie)] = name
            if links:
                coercions[_full(curie)] = "@id"
    for name, curie in _COUNTS.items():
        if name not in taken:
            names[_full(curie)] = name
            coercions[_full(curie)] = _XSD + "nonNegativeInteger"
    return Context(names, coercions)


def jsonld(graphs: Iterable[GraphBlocks], context: Context) -> Iterator[bytes]:
    """Write a dataset as JSON-LD, with the context first and each subject on a line.

    Parameters
    ----------
    graphs
        Its graphs; the default graph may be among them.
    context
        The names to use.

    Yields
    ------
    bytes
        The text in chunks.
    """
    nodes = Nodes(context)
    written = ((graph.name, map(nodes.node, graph.blocks)) for graph in graphs)
    yield from jsonld_of(written, context)


def jsonld_of(graphs: Iterable[tuple[bytes, Iterable[bytes]]], context: Context) -> Iterator[bytes]:
    """Write a dataset as JSON-LD, as `jsonld` does, from nodes that `Nodes.node` has written.

    Parameters
    ----------
    graphs
        The name of each graph, and its nodes.
    context
        The names used.
    """
    yield b'{\n"@context": ' + _json(context.definition()) + b',\n"@graph": ['
    first = True
    for name, nodes in graphs:
        if name == DEFAULT:
            for node in nodes:
                yield (b"\n" if first else b",\n") + node
                first = False
            continue
        yield (b"\n" if first else b",\n") + b'{"@id":' + _iri(name) + b',"@graph":['
        first = False
        for number, node in enumerate(nodes):
            yield (b",\n" if number else b"\n") + node
        yield b"\n]}"
    yield b"\n]\n}\n"


class Nodes:
    """Writes subjects as node objects.

    Parameters
    ----------
    context
        The names to use.
    """

    def __init__(self, context: Context) -> None:
        self._names = {_bracketed(iri): _json(name) for iri, name in context.names.items()}
        self._coercions = {_bracketed(iri): c for iri, c in context.coercions.items()}
        self._type = _bracketed(_TYPE)
        self._member = lru_cache(_REMEMBERED)(self._written_member)

    def node(self, block: Block) -> bytes:
        """Write what is stated about a subject, on one line."""
        members = [b'"@id":' + _iri(block.subject)]
        by_predicate: dict[bytes, list[bytes]] = {}
        for predicate, object_ in block.statements:
            by_predicate.setdefault(predicate, []).append(object_)
        for predicate, objects in by_predicate.items():
            members.append(self._member(predicate, tuple(objects)))
        return b"{" + b",".join(members) + b"}"

    def _written_member(self, predicate: bytes, objects: tuple[bytes, ...]) -> bytes:
        members = []
        if predicate == self._type:
            kinds = [o for o in objects if not o.startswith(b'"')]
            objects = tuple(o for o in objects if o.startswith(b'"'))
            if kinds:
                members.append(b'"@type":' + _listed(self._names.get(k) or _iri(k) for k in kinds))
        if objects:
            key = self._names.get(predicate) or _iri(predicate)
            coercion = self._coercions.get(predicate, "")
            members.append(key + b":" + _listed(_value(o, coercion) for o in objects))
        return b",".join(members)


def _value(term: bytes, coercion: str) -> bytes:
    if not term.startswith(b'"'):
        return _iri(term) if coercion == "@id" else b'{"@id":' + _iri(term) + b"}"
    if term.endswith(b'"'):
        return b'{"@value":' + term + b"}" if coercion else term
    if term.endswith(b">"):
        text, _, datatype = term.rpartition(b"^^")
        if datatype[1:-1].decode() == coercion:
            return text
        return b'{"@type":' + _iri(datatype) + b',"@value":' + text + b"}"
    text, _, language = term.rpartition(b"@")
    return b'{"@language":"' + language + b'","@value":' + text + b"}"


def _listed(values: Iterable[bytes]) -> bytes:
    values = list(values)
    return values[0] if len(values) == 1 else b"[" + b",".join(values) + b"]"


def _iri(term: bytes) -> bytes:
    """Write an IRI or a blank node as a JSON string; neither contains characters that JSON escapes."""
    return b'"' + (term[1:-1] if term.startswith(b"<") else term) + b'"'


def _bracketed(iri: str) -> bytes:
    return f"<{iri}>".encode()


def _full(curie: str) -> str:
    prefix, _, name = curie.partition(":")
    return PREFIXES[prefix] + name


def _coercion(kinds: set[str], ranges: set[str]) -> str | None:
    if OWL.ObjectProperty.value in kinds:
        return "@id"
    if OWL.DatatypeProperty.value in kinds and len(ranges) == 1:
        (only,) = ranges
        if only.startswith(_XSD) and only not in _PLAIN:
            return only
    return None


def _json(value: object) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, indent=1 if isinstance(value, dict) else None
    ).encode()
