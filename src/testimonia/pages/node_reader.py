"""Reads what a store states about a thing, with labels in the languages of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from testimonia import languages
from testimonia.catalogue.lookup import Names
from testimonia.languages import Label
from testimonia.namespaces import RDF, RDFS, shorten
from testimonia.pages.addresses import href, path_of
from testimonia.query.queryable import Queryable
from testimonia.values import Term

__all__ = ["Known", "Link", "NodeReader", "Text"]

Known = dict[str, tuple[Label | None, bool]]
"""The label of each IRI, and whether anything is stated about it."""

_MOST_KNOWN: Final = 100_000
_LINKED: Final = frozenset({"http", "https", "mailto"})


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a literal, with their language.

    Attributes
    ----------
    text
        The words.
    language
        Its BCP 47 tag; empty if the literal has none.
    """

    text: str
    language: str = ""

    @property
    def right_to_left(self) -> bool:
        """Whether they are written from right to left."""
        return bool(self.language) and languages.is_right_to_left(self.language)


@dataclass(frozen=True, slots=True)
class Link:
    """A thing as pages refer to it.

    Attributes
    ----------
    iri
        Its IRI.
    text
        Its label, else its CURIE.
    href
        The relative address of its page, or the IRI itself if it is an address elsewhere; empty if it
        cannot be followed.
    language
        The language of the label; empty where the data do not say.
    external
        Whether it leads out of the site.
    """

    iri: str
    text: str
    href: str
    language: str = ""
    external: bool = False

    @property
    def right_to_left(self) -> bool:
        """Whether the label is written from right to left."""
        return bool(self.language) and languages.is_right_to_left(self.language)


class NodeReader:
    """What a store states about things, as seen from one page.

    Parameters
    ----------
    store
        The store.
    preferred
        The languages preferred for labels, as `testimonia.languages.preferred` gives them.
    page
        The path of the page that links are relative to.
    known
        The names of things, shared by pages in the same languages.
    """

    def __init__(
        self,
        store: Queryable,
        preferred: Sequence[str] = (),
        page: str = "",
        known: Known | None = None,
    ) -> None:
        self.store = store
        self.preferred = preferred
        self.page = page
        self._names = Names(store, preferred)
        self._links: dict[NamedNode, Link] = {}
        self._known = {} if known is None else known
        self._held: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
        self._found: dict[tuple[NamedNode, NamedNode], list[Term]] = {}
        self._nodes: dict[tuple[NamedNode, NamedNode], list[NamedNode]] = {}

    def statements(self, node: NamedNode) -> dict[NamedNode, list[Term]]:
        """Return what is stated about a thing in any graph: its values by property, each once."""
        found = self._held.get(node)
        if found is None:
            values: dict[NamedNode, dict[Term, None]] = {}
            for triple in self.store.outgoing(node):
                values.setdefault(triple.predicate, {})[triple.object] = None
            found = self._held[node] = {name: list(each) for name, each in values.items()}
        return found

    def _values_of(self, node: NamedNode, predicate: NamedNode) -> Sequence[Term]:
        """Read one property alone: a claim of a disputed incident has hundreds of other statements."""
        held = self._held.get(node)
        if held is not None:
            return held.get(predicate, ())
        key = node, predicate
        found = self._found.get(key)
        if found is None:
            objects = (triple.object for triple in self.store.outgoing(node, predicate))
            found = self._found[key] = list(dict.fromkeys(objects))
        return found

    def values(self, node: NamedNode, predicate: NamedNode) -> list[Term]:
        """Return the values of a property, sorted."""
        return sorted(self._values_of(node, predicate), key=str)

    def nodes(self, node: NamedNode, *predicates: NamedNode) -> list[NamedNode]:
        """Return the values of some properties that are IRIs, in order of property, then sorted."""
        if len(predicates) > 1:
            return list(dict.fromkeys(n for each in predicates for n in self.nodes(node, each)))
        (predicate,) = predicates
        key = node, predicate
        found = self._nodes.get(key)
        if found is None:
            values = self._values_of(node, predicate)
            nodes = (value for value in values if isinstance(value, NamedNode))
            found = self._nodes[key] = sorted(nodes, key=lambda each: each.value)
        return found

    def node(self, node: NamedNode, predicate: NamedNode) -> NamedNode | None:
        """Return the value of a property that is an IRI, the first of several."""
        return next(iter(self.nodes(node, predicate)), None)

    def literal(self, node: NamedNode, predicate: NamedNode) -> str | None:
        """Return the lexical form of a value of a property that is a literal, the first of several."""
        found = (value for value in self.values(node, predicate) if isinstance(value, Literal))
        return next((value.value for value in found), None)

    def text(self, node: NamedNode, *predicates: NamedNode) -> Text | None:
        """Return the words of a property in the reader's language, else in English, else in any."""
        for predicate in predicates:
            found = [v for v in self.values(node, predicate) if isinstance(v, Literal)]
            if found:
                found.sort(key=lambda one: (one.language or "") not in ("en", ""))
                chosen = languages.best(found, self.preferred) or found[0]
                return Text(chosen.value, chosen.language or "")
        return None

    def subjects(self, object_: NamedNode, *predicates: NamedNode) -> list[NamedNode]:
        """Return what refers to a thing with one of some properties, sorted."""
        found = {
            triple.subject
            for predicate in predicates
            for triple in self.store.incoming(object_, predicate)
            if isinstance(triple.subject, NamedNode)
        }
        return sorted(found, key=lambda node: node.value)

    def references(self, object_: NamedNode) -> Iterator[Triple]:
        """Iterate over the statements that refer to a thing, each once."""
        return iter(dict.fromkeys(self.store.incoming(object_)))

    def label(self, iri: str) -> Label | None:
        """Return the label of an IRI."""
        return self._look_up(iri)[0]

    def _look_up(self, iri: str) -> tuple[Label | None, bool]:
        """Return the label of an IRI, and whether anything is stated about it."""
        found = self._known.get(iri)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            described = any(True for _ in self.store.outgoing(NamedNode(iri)))
            found = self._known[iri] = (self._names.label(iri) if described else None, described)
        return found

    def name(self, node: NamedNode) -> str:
        """Return the label of a thing, else its CURIE."""
        return self.label(node.value) or shorten(node.value)

    def link(self, node: NamedNode) -> Link:
        """Return a thing as pages refer to it."""
        found = self._links.get(node)
        if found is None:
            label, described = self._look_up(node.value)
            text = label or shorten(node.value)
            language = label.language if label else ""
            if described:
                found = Link(node.value, text, href(self.page, path_of(node.value)), language)
            else:
                found = Link(node.value, text, _address(node.value), language, external=True)
            self._links[node] = found
        return found

    def links(self, nodes: Iterable[NamedNode]) -> list[Link]:
        """Return things as pages refer to them, in order of their labels."""
        return sorted(map(self.link, nodes), key=lambda link: (link.text.casefold(), link.iri))

    def classes(self, node: NamedNode) -> list[NamedNode]:
        """Return the classes of a thing and those above them, the stated ones first."""
        found = dict.fromkeys(self.nodes(node, RDF.type))
        waiting = list(found)
        while waiting:
            for above in self.nodes(waiting.pop(), RDFS.subClassOf):
                if above not in found:
                    found[above] = None
                    waiting.append(above)
        return list(found)

    @cached_property
    def home(self) -> str:
        """The relative address of the root of the site, ending in a slash or empty."""
        return "../" * self.page.count("/")


def _address(iri: str) -> str:
    """Return an IRI that a browser may follow, else an empty text: no ``javascript:`` and the like."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return ""
    return iri if parts.scheme.lower() in _LINKED and (parts.netloc or parts.path) else ""
