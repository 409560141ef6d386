"""Collects statements about a release and writes them as reproducible Turtle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.namespaces import PREFIXES
from testimonia.rdf.canonical import canonical_nquads
from testimonia.rdf.canonical.blocks import blocks
from testimonia.rdf.canonical.turtle import turtle

__all__ = ["NAMESPACES", "TURTLE", "Statements", "english", "integer", "node", "typed"]

TURTLE: Final = "text/turtle"

NAMESPACES: Final[dict[str, str]] = {
    **{prefix: PREFIXES[prefix] for prefix in ("dcterms", "foaf", "owl", "prov", "rdf", "rdfs")},
    **{prefix: PREFIXES[prefix] for prefix in ("sh", "skos", "tmn", "xsd")},
    "adms": "http://www.w3.org/ns/adms#",
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "format": "http://www.w3.org/ns/formats/",
    "np": "http://www.nanopub.org/nschema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}
"""Prefixes of the vocabularies that describe releases."""


class Statements:
    """A set of statements, written sorted by subject, predicate and object."""

    def __init__(self) -> None:
        self._triples: set[Triple] = set()

    def add(
        self, subject: str | NamedNode, predicate: str, *objects: str | NamedNode | Literal
    ) -> None:
        """Add statements.

        Parameters
        ----------
        subject
            An IRI.
        predicate
            A CURIE, such as ``dcterms:title``; ``a`` stands for ``rdf:type``.
        objects
            IRIs or literals; without any, nothing is added.
        """
        about = subject if isinstance(subject, NamedNode) else NamedNode(subject)
        relation = node("rdf:type" if predicate == "a" else predicate)
        for each in objects:
            object_ = NamedNode(each) if isinstance(each, str) else each
            self._triples.add(Triple(about, relation, object_))

    def extend(self, triples: Iterable[Triple]) -> None:
        """Add existing triples."""
        self._triples.update(triples)

    def turtle(self, near: str | None = None) -> bytes:
        """Write them as Turtle.

        Parameters
        ----------
        near
            The namespace of the empty prefix: that of the file itself.
        """
        quads = (Quad(t.subject, t.predicate, t.object) for t in self._triples)
        lines = list(canonical_nquads(quads))
        text = b"".join(lines).decode()
        known = NAMESPACES if near is None else {"": near, **NAMESPACES}
        used = {prefix: iri for prefix, iri in known.items() if f"<{iri}" in text}
        return b"".join(turtle(blocks(lines), used))


def node(name: str) -> NamedNode:
    """Return a term of one of the vocabularies by its CURIE.

    Parameters
    ----------
    name
        A prefix of `NAMESPACES`, a colon and a local name.

    Examples
    --------
    >>> node("void:Dataset").value
    'http://rdfs.org/ns/void#Dataset'
    """
    prefix, _, local = name.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


def english(text: str) -> Literal:
    """Return an English literal."""
    return Literal(text, language="en")


def integer(number: int) -> Literal:
    """Return a non-negative integer literal."""
    return typed(str(number), "nonNegativeInteger")


def typed(text: str, datatype: str) -> Literal:
    """Return a literal with a datatype of XML Schema.

    Parameters
    ----------
    text
        Its lexical form.
    datatype
        The local name of the datatype.
    """
    return Literal(text, datatype=node(f"xsd:{datatype}"))
