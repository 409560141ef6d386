"""Terms that are used and that nothing declares: a misspelt name is otherwise silent."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from testimonia.namespaces import CODE, ONTOLOGY, PREFIXES, shorten
from testimonia.validation.findings import Finding, Severity, Term
from testimonia.validation.paths import Path

if TYPE_CHECKING:
    from rdflib.namespace import DefinedNamespace

__all__ = ["UNDECLARED", "Vocabulary"]

UNDECLARED = PREFIXES["tmsh"] + "UndeclaredTermConstraintComponent"
_TERMS = PREFIXES["tmsh"] + "DeclaredTerms"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# Reused vocabularies of which rdflib knows every term.
_CLOSED = ("RDF", "RDFS", "OWL", "SKOS", "PROV", "ORG", "FOAF", "DCTERMS", "TIME", "SH", "XSD")


class Vocabulary:
    """The terms that an ontology and its code lists declare.

    Parameters
    ----------
    ontology
        The ontology and the code lists: whatever they give a type is declared.
    """

    def __init__(self, ontology: Iterable[Quad | Triple]) -> None:
        self._declared = {
            quad.subject.value
            for quad in ontology
            if quad.predicate == _TYPE and isinstance(quad.subject, NamedNode)
        }

    def lacks(self, iri: str) -> bool:
        """Tell whether an IRI belongs to a vocabulary that is known and does not declare it."""
        if iri.startswith((ONTOLOGY, CODE)):
            return iri not in self._declared
        return iri not in self._declared and _unknown_elsewhere(iri)

    def nearest(self, iri: str) -> str:
        """Find the declared term that is spelt most like an IRI; empty where none comes near."""
        home = next((space for space in (ONTOLOGY, CODE) if iri.startswith(space)), None)
        names = _names_elsewhere(iri) if home is None else self._names(home)
        near = difflib.get_close_matches(shorten(iri), names, n=1, cutoff=0.7)
        return near[0] if near else ""

    def undeclared(self, data: Iterable[Quad | Triple]) -> Iterator[Finding]:
        """Find the terms that some data use and that nothing declares, each once per statement.

        Parameters
        ----------
        data
            The data, without ontology and code lists.

        Yields
        ------
        Finding
            A violation for a name in this project's namespaces, a warning for one that a reused
            vocabulary lacks.
        """
        judged: dict[str, bool] = {}
        seen: set[tuple[Term, NamedNode, str]] = set()
        for quad in data:
            for term in (quad.subject, quad.predicate, quad.object):
                if not isinstance(term, NamedNode):
                    continue
                iri = term.value
                if iri not in judged:
                    judged[iri] = self.lacks(iri)
                key = (quad.subject, quad.predicate, iri)
                if judged[iri] and key not in seen:
                    seen.add(key)
                    yield self._finding(quad.subject, quad.predicate, iri)

    def _finding(self, focus: NamedNode | BlankNode | Triple, path: NamedNode, iri: str) -> Finding:
        ours = iri.startswith((ONTOLOGY, CODE))
        near = self.nearest(iri)
        kind = "code of any code list" if iri.startswith(CODE) else "declared term"
        return Finding(
            severity=Severity.VIOLATION if ours else Severity.WARNING,
            focus=focus,
            shape=_TERMS,
            component=UNDECLARED,
            message=f"{shorten(iri)} is no {kind}.",
            path=Path("", property=path.value),
            value=NamedNode(iri),
            hint=f"Did you mean {near}?" if near else "Use a term that is declared.",
        )

    def _names(self, namespace: str) -> list[str]:
        return sorted(shorten(iri) for iri in self._declared if iri.startswith(namespace))


def _unknown_elsewhere(iri: str) -> bool:
    from rdflib import URIRef

    return any(
        iri.startswith(str(space)) and iri != str(space) and URIRef(iri) not in space
        for space in _closed_namespaces()
    )


def _names_elsewhere(iri: str) -> list[str]:
    spaces = (space for space in _closed_namespaces() if iri.startswith(str(space)))
    return sorted(shorten(str(term)) for space in spaces for term in dir(space))


def _closed_namespaces() -> list[type[DefinedNamespace]]:
    from rdflib import namespace

    return [getattr(namespace, name) for name in _CLOSED]
