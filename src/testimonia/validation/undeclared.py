"""Finds terms in the data that nothing declares, which is often a misspelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from testimonia.namespaces import CODE, ONTOLOGY, OWL, RDF, SKOS, shorten
from testimonia.shacl.data.dictionary import Term
from testimonia.suggestions import nearest
from testimonia.validation.checked_statements import Statements
from testimonia.validation.findings import Finding, Severity
from testimonia.validation.property_checks import PropertyCheck
from testimonia.validation.reused_vocabularies import REUSED

if TYPE_CHECKING:
    from rdflib.namespace import DefinedNamespace

__all__ = ["CHECK", "Vocabulary"]

CHECK = PropertyCheck("DeclaredTerms", "UndeclaredTerm")
"""Reports the findings of this module."""

# The namespaces of this project for terms, and common misspellings: ns/ for ns#, http for https.
_HOMES = r"https?://w3id\.org/testimonia/(?:ns|code)"
_HOME = re.compile(_HOMES + r"(?![\w-])")
_CODE_HOME = re.compile(r"https?://w3id\.org/testimonia/code(?![\w-])")
_SKOS_IN_SCHEME = SKOS.inScheme
_OBJECT_PROPERTY = OWL.ObjectProperty
_TYPE = RDF.type
_SIMILAR = 0.9  # how similar a described IRI must be to one that is not described
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

    def undeclared(self, data: Statements) -> Iterator[Finding]:
        """Find the terms in some data that nothing declares, once per subject and predicate.

        Parameters
        ----------
        data
            The data.

        Yields
        ------
        Finding
            A violation for a term in a namespace of this project, a warning for one of a reused
            vocabulary.
        """
        rows = data.rows
        known = data.iris(pl.concat([rows[name].unique().alias("node") for name in rows.columns]))
        known = known.filter(pl.col("iri").str.contains(_watched()))
        lacking = known.filter(
            pl.Series([self.lacks(iri) for iri in known["iri"]], dtype=pl.Boolean)
        )
        names = set(lacking["iri"])
        seen: set[tuple[Term, NamedNode, str]] = set()
        for triple in data.triples(data.with_any(lacking["node"])):
            for term in (triple.subject, triple.predicate, triple.object):
                if not isinstance(term, NamedNode) or term.value not in names:
                    continue
                key = (triple.subject, triple.predicate, term.value)
                if key not in seen:
                    seen.add(key)
                    yield self._finding(triple.subject, triple.predicate, term.value)

    def undescribed(self, data: Statements, focuses: Iterable[Term]) -> dict[tuple[Term, str], str]:
        """Return hints for values of some nodes that are IRIs without any description.

        Parameters
        ----------
        data
            The data.
        focuses
            The nodes.

        Returns
        -------
        dict
            A sentence for each node and property (its IRI).
        """
        rows = data.with_subjects(data.terms.ids(focuses))
        rows = rows.filter(pl.col("p").is_in(data.terms.ids(self._relations).implode()))
        values = data.iris(rows["o"])
        values = values.filter(~pl.col("node").is_in(data.rows["s"].unique().implode()))
        unknown = [not self._is_known(iri) for iri in values["iri"]]
        values = values.filter(pl.Series(unknown, dtype=pl.Boolean))
        if values.is_empty():
            return {}
        described = data.iris(data.rows["s"])["iri"].to_list()
        hints = {iri: _undescribed(iri, described) for iri in values["iri"]}
        of_values = rows.filter(pl.col("o").is_in(values["node"].implode()))
        return {
            (triple.subject, triple.predicate.value): hints[triple.object.value]
            for triple in data.triples(of_values)
            if isinstance(triple.object, NamedNode)
        }

    def _is_known(self, iri: str) -> bool:
        """Return whether an IRI is declared, or reported as undeclared."""
        return iri in self._declared or self.lacks(iri)

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


def _undescribed(iri: str, described: list[str]) -> str:
    near = nearest(iri, described, most=1, similarity=_SIMILAR)
    fix = (
        f"did you mean {shorten(near[0])}?"
        if near
        else "describe it, or add the files that do (--shipped adds the shipped data)."
    )
    return f"Nothing is stated about {shorten(iri)}: {fix}"


def _watched() -> str:
    """Return a regular expression for canonical IRIs in the namespaces whose terms are checked."""
    others = [*REUSED, *map(str, _closed_namespaces())]
    return f"^(?:{_HOMES}|{'|'.join(map(re.escape, others))})"


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
