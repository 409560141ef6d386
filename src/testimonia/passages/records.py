"""Reads the descriptions of documents and passages from data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.namespaces import RDF, RDFS, TMN
from testimonia.passages.anchoring import Anchor, Span

__all__ = ["END", "START", "Document", "Passage", "Records", "read"]

_OA = "http://www.w3.org/ns/oa#"
_HAS_SOURCE = NamedNode(_OA + "hasSource")
_HAS_SELECTOR = NamedNode(_OA + "hasSelector")
START = NamedNode(_OA + "start")
END = NamedNode(_OA + "end")
_TYPE = RDF.type
_LABEL = RDFS.label
_COUNT = re.compile("[0-9]{1,18}")  # more than any text has; Python refuses to read very long ones
_HEXADECIMAL = frozenset("0123456789abcdef")

_Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
_Properties: TypeAlias = Mapping[NamedNode, list[_Term]]


@dataclass(frozen=True)
class Document:
    """A publication, as the data describe it.

    ``sha256`` and ``character_count`` are None if the data do not have a single valid value, which is
    then reported in ``defects``.
    """

    iri: str
    label: str
    sha256: str | None
    character_count: int | None
    defects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A span of a document, as the data describe it.

    ``start`` and ``end`` (exclusive) count Unicode code points from 0. ``claims`` are the claims
    that cite the passage, ``reasons`` the recorded reasons why it makes none. Values that are missing or
    repeated in the data are None, and reported in ``defects``; ``anchor`` is optional.
    """

    iri: str
    document: str | None
    start: int | None
    end: int | None
    digest: str | None
    claims: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    anchor: Anchor | None = None
    selector: str | None = None

    @property
    def span(self) -> Span:
        """The offsets of a passage that has them."""
        assert self.start is not None  # noqa: S101 - checked by the caller
        assert self.end is not None  # noqa: S101
        return self.start, self.end


@dataclass(frozen=True)
class Records:
    """The documents of some data by IRI, and their passages by document and span."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]


@dataclass
class _Description:
    """The description of a node, read property by property; collects defects."""

    properties: _Properties
    defects: list[str] = field(default_factory=list)

    def value(self, predicate: NamedNode) -> _Term | None:
        values = self.properties.get(predicate, [])
        if len(values) == 1:
            return values[0]
        self.defects.append(f"{len(values) or 'no'} values of {_local(predicate)}")
        return None

    def iri(self, predicate: NamedNode) -> str | None:
        value = self.value(predicate)
        if value is None or isinstance(value, NamedNode):
            return value.value if value else None
        self.defects.append(f"{_local(predicate)} is not an IRI")
        return None

    def count(self, predicate: NamedNode) -> int | None:
        value = self.value(predicate)
        if isinstance(value, Literal) and _COUNT.fullmatch(value.value):
            return int(value.value)
        if value is not None:
            self.defects.append(f"{_local(predicate)} is not a number of characters")
        return None

    def digest(self, predicate: NamedNode) -> str | None:
        value = self.value(predicate)
        if (
            isinstance(value, Literal)
            and len(value.value) == 64
            and set(value.value) <= _HEXADECIMAL
        ):
            return value.value
        if value is not None:
            self.defects.append(f"{_local(predicate)} is not a SHA-256 in lower-case hexadecimal")
        return None


def read(quads: Iterable[Quad | Triple]) -> Records:
    """Collect the documents and passages that some data describe.

    A passage is a node with that class or with a passage digest, or the value of a claim's
    ``tmn:passage``, even if nothing describes it.

    Parameters
    ----------
    quads
        Statements of all graphs.

    Returns
    -------
    Records
        The records, sorted, so that the same data always give the same order.
    """
    nodes: dict[_Term, dict[NamedNode, list[_Term]]] = defaultdict(lambda: defaultdict(list))
    claims: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        values = nodes[quad.subject][quad.predicate]
        if quad.object not in values:
            values.append(quad.object)
        if quad.predicate == TMN.passage and isinstance(quad.object, NamedNode):
            claims[quad.object.value].add(_name(quad.subject))
    documents = (
        _document(iri, nodes[NamedNode(iri)]) for iri in _typed(nodes, TMN.Document, TMN.sha256)
    )
    described = set(_typed(nodes, TMN.Passage, TMN.passageDigest))
    passages = (_passage(iri, nodes, claims.get(iri, set())) for iri in described | claims.keys())
    return Records(
        documents=tuple(sorted(documents, key=lambda document: document.iri)),
        passages=tuple(sorted(passages, key=_position)),
    )


def _typed(nodes: Mapping[_Term, _Properties], type_: NamedNode, mark: NamedNode) -> list[str]:
    """List the IRIs of nodes with a class, or with a property that only such nodes have."""
    return [
        node.value
        for node, properties in nodes.items()
        if isinstance(node, NamedNode)
        and (type_ in properties.get(_TYPE, []) or mark in properties)
    ]


def _document(iri: str, properties: _Properties) -> Document:
    description = _Description(properties)
    labels = [term.value for term in properties.get(_LABEL, []) if isinstance(term, Literal)]
    return Document(
        iri=iri,
        label=min(labels, default=""),
        sha256=description.digest(TMN.sha256),
        character_count=description.count(TMN.characterCount),
        defects=tuple(description.defects),
    )


def _passage(iri: str, nodes: Mapping[_Term, _Properties], claims: set[str]) -> Passage:
    node = NamedNode(iri)
    if node not in nodes:
        return Passage(iri, None, None, None, None, tuple(sorted(claims)), (), ("not described",))
    description = _Description(nodes[node])
    document = description.iri(_HAS_SOURCE)
    digest = description.digest(TMN.passageDigest)
    selector_node = description.value(_HAS_SELECTOR)
    selector = _Description(nodes.get(selector_node, {}) if selector_node is not None else {})
    start, end = selector.count(START), selector.count(END)
    if selector_node is not None:  # without a selector, missing offsets are not reported separately
        description.defects += selector.defects
    reasons = nodes[node].get(TMN.noClaimReason, [])
    return Passage(
        iri=iri,
        document=document,
        start=start,
        end=end,
        digest=digest,
        claims=tuple(sorted(claims)),
        reasons=tuple(sorted(_name(reason) for reason in reasons)),
        anchor=_anchor(description),
        defects=tuple(description.defects),
        selector=selector_node.value if isinstance(selector_node, NamedNode) else None,
    )


def _anchor(description: _Description) -> Anchor | None:
    """Read an anchor, if there is one; the wider digest is optional, too."""

    def some(*predicates: NamedNode) -> bool:
        return any(description.properties.get(each) for each in predicates)

    wider = TMN.widerDigest, TMN.widerLength, TMN.offsetInWider
    if not some(TMN.anchorDigest, TMN.anchorLength, *wider):
        return None
    digest, length = description.digest(TMN.anchorDigest), description.count(TMN.anchorLength)
    if digest is None or length is None:
        return None
    if not some(*wider):
        return Anchor(digest, length)
    return Anchor(
        digest,
        length,
        description.digest(TMN.widerDigest),
        description.count(TMN.widerLength),
        description.count(TMN.offsetInWider),
    )


def _position(passage: Passage) -> tuple[str, int, int, str]:
    return passage.document or "", passage.start or 0, passage.end or 0, passage.iri


def _name(term: _Term) -> str:
    return str(term) if isinstance(term, Triple) else term.value


def _local(predicate: NamedNode) -> str:
    prefix = "oa" if predicate.value.startswith(_OA) else "tmn"
    return f"{prefix}:{predicate.value.rpartition('#')[2]}"
