"""Looks up labels of IRIs, and the IRIs that users refer to by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia import languages
from testimonia.catalogue.parameters import is_bare, term_for
from testimonia.errors import ParameterError, UnknownResource
from testimonia.languages import Label
from testimonia.namespaces import CODE, IDENTIFIER, ONTOLOGY, PREFIXES, RDFS, SKOS, shorten
from testimonia.query.queryable import Queryable
from testimonia.suggestions import did_you_mean, nearest

__all__ = ["Names"]

_IN_SCHEME: Final = SKOS.inScheme
_NO_CODE = "no code list has that code"
_FEW = 30  # codes that a message can list
_LABELS: Final = (SKOS.prefLabel, RDFS.label)


class Names:
    """The names that occur in a store.

    Parameters
    ----------
    store
        The store.
    preferred
        The languages preferred for labels, as `testimonia.languages.preferred` gives them.
    """

    def __init__(self, store: Queryable, preferred: Sequence[str] = ()) -> None:
        self._store = store
        self._preferred = preferred

    def label(self, iri: str) -> Label | None:
        """Find the label of a resource in the most preferred language, else in English, else in any.

        Within a language, skos:prefLabel takes precedence over rdfs:label.
        """
        literals: list[Literal] = []
        for predicate in _LABELS:
            found = [triple.object for triple in self._store.outgoing(NamedNode(iri), predicate)]
            of_predicate = [term for term in found if isinstance(term, Literal)]
            literals += sorted(of_predicate, key=_preference)
            if literals and not self._preferred:
                break
        if not literals:
            return None
        chosen = languages.best(literals, self._preferred) or literals[0]
        return Label(chosen.value, chosen.language or "")

    def resource(self, iri: str) -> NamedNode:
        """Find the resource that an IRI, a CURIE or a bare name refers to.

        Raises
        ------
        UnknownResource
            It is not an IRI, it does not occur in the store, or several resources have that name.
        """
        if is_bare(iri):
            return self._named(iri)
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

    def value(self, parameter: str, node: NamedNode) -> NamedNode:
        """Find what the value of a parameter refers to, and refuse one that does not occur.

        A name that does not occur in the project's own namespaces may be one of other data:
        ``event:NAME`` also finds an IRI that ends in ``/NAME`` or ``#NAME``, if there is only one.

        Raises
        ------
        ParameterError
            It is a code that is in no list, or not in the list that the parameter is named after.
        UnknownResource
            It is another IRI that does not occur in the store.
        """
        if node.value.startswith(CODE):
            self._check_code(parameter, node)
            return node
        if self._occurs(node):
            return node
        if node.value.startswith(IDENTIFIER):
            ends = tuple(mark + node.value.rpartition("/")[2] for mark in "/#")
            kind = IDENTIFIER + node.value.removeprefix(IDENTIFIER).partition("/")[0] + "/"
            others = [
                iri
                for iri in self._store.subjects("")
                if iri.endswith(ends)
                and not iri.startswith((CODE, ONTOLOGY))
                # In the project's own namespaces, a place is not an event of that name.
                and (iri.startswith(kind) or not iri.startswith(IDENTIFIER))
            ]
            if len(others) == 1:
                return NamedNode(others[0])
        raise self._unknown(node)

    def _named(self, name: str) -> NamedNode:
        spaces = [space for space in PREFIXES.values() if space.startswith(IDENTIFIER)]
        nodes = [NamedNode(space + name) for space in (*spaces, CODE)]
        found = [node for node in nodes if self._occurs(node)]
        if len(found) == 1:
            return found[0]
        if found:
            curies = [shorten(node.value) for node in found]
            raise UnknownResource(
                f"{name!r} is the name of several resources", hint=f"Give {' or '.join(curies)}."
            )
        known = {iri.rpartition("/")[2]: iri for iri in self._store.subjects(IDENTIFIER)}
        close = [shorten(known[other]) for other in nearest(name, known)]
        raise UnknownResource(
            f"nothing in the data is called {name!r}",
            hint=did_you_mean(close)
            or f"Give an IRI, or a CURIE with one of the prefixes {', '.join(PREFIXES)}.",
        )

    def _check_code(self, parameter: str, node: NamedNode) -> None:
        code = node.value.removeprefix(CODE)
        scheme = NamedNode(CODE + parameter.replace("_", "-"))
        listed = {
            triple.subject.value.removeprefix(CODE)
            for triple in self._store.incoming(scheme)
            if triple.predicate == _IN_SCHEME and isinstance(triple.subject, NamedNode)
        }
        if code in listed or (not listed and self._occurs(node)):
            return
        known = self._occurs(node)
        names = listed or {iri.removeprefix(CODE) for iri in self._store.subjects(CODE)}
        why = f"it is not in the list {scheme.value.removeprefix(CODE)}" if known else _NO_CODE
        hint = did_you_mean(nearest(code, names))
        if listed and len(listed) <= _FEW:
            hint += f" There are {', '.join(sorted(listed))}."
        raise ParameterError(
            f"the parameter {parameter!r} cannot be {code!r}: {why}",
            hint=hint.strip() or "See the code lists.",
        )

    def _occurs(self, node: NamedNode) -> bool:
        return any(self._store.outgoing(node)) or any(self._store.incoming(node))

    def _unknown(self, node: NamedNode) -> UnknownResource:
        known = map(shorten, self._store.subjects(IDENTIFIER))
        hint = did_you_mean(nearest(shorten(node.value), known)) or "Check its spelling."
        prefix, _, rest = node.value.partition(":")
        if not rest.startswith("//") and prefix not in ("urn", "tag", "mailto", "info", "doi"):
            guess = did_you_mean([f"{name}:" for name in nearest(prefix, PREFIXES)])
            hint = f"{prefix}: is not a known prefix. " + (
                guess or f"The prefixes are {', '.join(PREFIXES)}."
            )
        return UnknownResource(f"nothing in the data has the IRI {shorten(node.value)}", hint=hint)


def _preference(literal: Literal) -> tuple[bool, bool, str]:
    language = literal.language or ""
    return (language not in ("", "en") and not language.startswith("en-"), not language, language)
