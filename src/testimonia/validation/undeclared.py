"""Finds terms in the data that nothing declares, which is often a misspelling."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from testimonia.namespaces import CODE, ONTOLOGY, OWL, RDF, SKOS, shorten
from testimonia.shacl.data.dictionary import Term
from testimonia.suggestions import nearest
from testimonia.validation.findings import Finding, Severity
from testimonia.validation.property_checks import PropertyCheck
from testimonia.validation.reused_vocabularies import REUSED

if TYPE_CHECKING:
    from rdflib.namespace import DefinedNamespace

__all__ = ["CHECK", "Vocabulary"]

CHECK = PropertyCheck("DeclaredTerms", "UndeclaredTerm")
"""Reports the findings of this module."""

# The namespaces of this project for terms, and common misspellings: ns/ for ns#, http for https.
_HOME = re.compile(r"https?://w3id\.org/testimonia/(?:ns|code)(?![\w-])")
_CODE_HOME = re.compile(r"https?://w3id\.org/testimonia/code(?![\w-])")
_SKOS_IN_SCHEME = SKOS.inScheme
_OBJECT_PROPERTY = OWL.ObjectProperty
_TYPE = RDF.type
# Reused vocabularies all of whose terms rdflib knows.
_CLOSED = (
    "RDF",
    "RDFS",
    "OWL",
    "SKOS",
    "PROV",
    "ORG",
    "FOAF",
    "DCTERMS",
    "TIME",
    "SH",
    "XSD",
    "GEO",
)


class Vocabulary:
    """The terms that an ontology and its code lists declare.

    Parameters
    ----------
    ontology
        The ontology and the code lists; everything in them that has a type is declared.
    """

    def __init__(self, ontology: Iterable[Quad | Triple]) -> None:
        self._declared: set[str] = set()
        self._codes: set[str] = set()
        self._relations: set[NamedNode] = set()
        self._near: dict[str, str] = {}  # misspellings repeat, and the search is slow
        for quad in ontology:
            if not isinstance(quad.subject, NamedNode):
                continue
            if quad.predicate == _TYPE:
                self._declared.add(quad.subject.value)
                if quad.object == _OBJECT_PROPERTY:
                    self._relations.add(quad.subject)
            elif quad.predicate == _SKOS_IN_SCHEME:
                self._codes.add(quad.subject.value)

    def lacks(self, iri: str) -> bool:
        """Return whether an IRI is in the namespace of a known vocabulary that does not declare it."""
        if iri.startswith((ONTOLOGY, CODE)):
            return iri not in self._declared
        if _HOME.match(iri):
            return True
        return iri not in self._declared and _unknown_elsewhere(iri)

    @staticmethod
    def owns(iri: str) -> bool:
        """Return whether an IRI is in a namespace of this project, or a misspelling of one."""
        return _HOME.match(iri) is not None

    def nearest(self, iri: str) -> str:
        """Return the declared term with the most similar spelling; empty if none is similar."""
        if iri not in self._near:
            self._near[iri] = self._search(iri)
        return self._near[iri]

    def _search(self, iri: str) -> str:
        if _CODE_HOME.match(iri):
            names = sorted(map(shorten, self._codes or self._declared))
            iri = CODE + re.split(r"[/#]", iri)[-1]
        elif _HOME.match(iri):
            names = sorted(shorten(name) for name in self._declared if name.startswith(ONTOLOGY))
            iri = ONTOLOGY + re.split(r"[/#]", iri)[-1]
        else:
            names = _names_elsewhere(iri)
        near = nearest(shorten(iri), names, most=1, similarity=0.75)
        return near[0] if near else ""

    def undeclared(self, data: Iterable[Quad | Triple]) -> Iterator[Finding]:
        """Find the terms in some data that nothing declares, once per subject and predicate.

        Parameters
        ----------
        data
            The data, without ontology and code lists.

        Yields
        ------
        Finding
            A violation for a term in a namespace of this project, a warning for one of a reused
            vocabulary.
        """
        lacking: dict[str, bool] = {}
        seen: set[tuple[Term, NamedNode, str]] = set()
        for quad in data:
            for term in (quad.subject, quad.predicate, quad.object):
                if not isinstance(term, NamedNode):
                    continue
                iri = term.value
                if iri not in lacking:
                    lacking[iri] = self.lacks(iri)
                key = (quad.subject, quad.predicate, iri)
                if lacking[iri] and key not in seen:
                    seen.add(key)
                    yield self._finding(quad.subject, quad.predicate, iri)

    def undescribed(
        self, data: Iterable[Quad | Triple], focuses: Container[Term]
    ) -> dict[tuple[Term, str], str]:
        """Return hints for values of some nodes that are IRIs without any description.

        Parameters
        ----------
        data
            The data, without ontology and code lists.
        focuses
            The nodes.

        Returns
        -------
        dict
            A sentence for each node and property (its IRI).
        """
        data = list(data)
        described = {quad.subject.value for quad in data if isinstance(quad.subject, NamedNode)}
        known = described | self._declared
        found: dict[tuple[Term, str], str] = {}
        for quad in data:
            value = quad.object
            if (
                isinstance(value, NamedNode)
                and quad.predicate in self._relations
                and quad.subject in focuses
                and value.value not in known
                and not self.lacks(value.value)
            ):
                near = nearest(value.value, described, most=1, similarity=0.9)
                fix = (
                    f"did you mean {shorten(near[0])}?"
                    if near
                    else "describe it, or add the files that do (--shipped adds the shipped data)."
                )
                sentence = f"Nothing is stated about {shorten(value.value)}: {fix}"
                found[quad.subject, quad.predicate.value] = sentence
        return found

    def _finding(self, focus: NamedNode | BlankNode | Triple, path: NamedNode, iri: str) -> Finding:
        ours = _HOME.match(iri) is not None
        near = self.nearest(iri)
        code = _CODE_HOME.match(iri) is not None
        kind = "code of any code list" if code else "declared term"
        source = "the code lists" if code else "the ontology"
        return CHECK.finding(
            focus,
            path,
            NamedNode(iri),
            f"{shorten(iri)} is not a {kind}.",
            f"Did you mean {near}?"
            if near
            else f"Use a term of {source} (docs/reference), and check the prefix.",
            Severity.VIOLATION if ours else Severity.WARNING,
        )


def _unknown_elsewhere(iri: str) -> bool:
    from rdflib import URIRef

    for namespace, names in REUSED.items():
        if iri.startswith(namespace) and iri != namespace:
            return iri.removeprefix(namespace) not in names
    return any(
        iri.startswith(str(space)) and iri != str(space) and URIRef(iri) not in space
        for space in _closed_namespaces()
    )


def _names_elsewhere(iri: str) -> list[str]:
    for namespace, names in REUSED.items():
        if iri.startswith(namespace):
            return sorted(shorten(namespace + name) for name in names)
    spaces = (space for space in _closed_namespaces() if iri.startswith(str(space)))
    return sorted(shorten(str(term)) for space in spaces for term in dir(space))


def _closed_namespaces() -> list[type[DefinedNamespace]]:
    from rdflib import namespace

    return [getattr(namespace, name) for name in _CLOSED]
