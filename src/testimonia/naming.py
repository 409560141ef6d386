"""What the data call things: labels of IRIs, and IRIs that somebody means."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia import questions
from testimonia.errors import ParameterError, UnknownResource
from testimonia.namespaces import CODE, IDENTIFIER, PREFIXES, shorten
from testimonia.parameters import term_for
from testimonia.store import Store

__all__ = ["Names"]

_LABELS: Final = (NamedNode(PREFIXES["skos"] + "prefLabel"), NamedNode(PREFIXES["rdfs"] + "label"))


class Names:
    """The names that occur in a store.

    Parameters
    ----------
    store
        The store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def label(self, iri: str) -> str | None:
        """Find the label of a thing: skos:prefLabel, then rdfs:label, English or untagged first."""
        for predicate in _LABELS:
            found = [triple.object for triple in self._store.outgoing(NamedNode(iri), predicate)]
            literals = [term for term in found if isinstance(term, Literal)]
            if literals:
                return min(literals, key=_preference).value
        return None

    def resource(self, iri: str) -> NamedNode:
        """Find the thing that an IRI or CURIE means.

        Raises
        ------
        UnknownResource
            It is no IRI, or nothing in the store has it.
        """
        try:
            node = term_for("iri", iri)
        except ValueError as error:
            raise UnknownResource(
                f"{iri!r} is not an IRI ({error})",
                hint=f"Known prefixes: {', '.join(PREFIXES)}.",
            ) from None
        assert isinstance(node, NamedNode)  # noqa: S101
        if not self._occurs(node):
            raise self._unknown(node)
        return node

    def check_value(self, parameter: str, node: NamedNode) -> None:
        """Refuse a value of a parameter that occurs nowhere.

        Raises
        ------
        ParameterError
            It is a code of no list.
        UnknownResource
            It is something else that nothing in the store has.
        """
        if self._occurs(node):
            return
        if node.value.startswith(CODE):
            names = [iri.removeprefix(CODE) for iri in self._subjects(CODE)]
            code = node.value.removeprefix(CODE)
            close = questions.nearest(code, names)
            raise ParameterError(
                f"the parameter {parameter!r} cannot be {code!r}: no code list has that code",
                hint=f"Did you mean {' or '.join(close)}?" if close else "See the code lists.",
            )
        raise self._unknown(node)

    def _occurs(self, node: NamedNode) -> bool:
        return any(self._store.outgoing(node)) or any(self._store.incoming(node))

    def _unknown(self, node: NamedNode) -> UnknownResource:
        close = questions.nearest(shorten(node.value), map(shorten, self._subjects(IDENTIFIER)))
        return UnknownResource(
            f"nothing in the data has the IRI {shorten(node.value)}",
            hint=f"Did you mean {' or '.join(close)}?" if close else "Check its spelling.",
        )

    def _subjects(self, namespace: str) -> set[str]:
        return {
            quad.subject.value
            for quad in self._store
            if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(namespace)
        }


def _preference(literal: Literal) -> tuple[bool, bool, str]:
    language = literal.language or ""
    return (language not in ("", "en") and not language.startswith("en-"), not language, language)
