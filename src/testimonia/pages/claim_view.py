"""What the page of a claim shows: who says it, how it came about, where it is stated, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Triple

from testimonia.namespaces import DCTERMS, OA, TMN
from testimonia.pages.disputes import Explain
from testimonia.pages.node_reader import Link, NodeReader, Text

__all__ = ["ClaimView", "Consequence", "Place", "claim_view", "consequences", "place_of"]

_MOST_EXPLAINED: Final = 12
_MOST_LISTED: Final = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of a document.

    Attributes
    ----------
    passage, document
        The passage and its document.
    start, end
        Its first character and the one after its last, counted from 0 in Unicode code points.
    words
        Its words, in the language of the document, where its text is at hand.
    """

    passage: Link
    document: Link | None
    start: str
    end: str
    words: Text | None


@dataclass(frozen=True, slots=True)
class Consequence:
    """A derived property of a thing, with the things that it leads to, and why.

    Attributes
    ----------
    name
        The property.
    rules
        The names of the rules that derive it.
    values
        The values, each with the reason; the reason is empty where it is not given.
    more
        How many values are not listed.
    """

    name: Link
    rules: tuple[str, ...]
    values: tuple[tuple[Link | Text, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim, in the order in which one asks about it.

    Attributes
    ----------
    gloss
        What it says, in words.
    proposition
        What it says.
    chain
        The claims that it passes on, from itself to its origin, each with its claimant.
    documents
        The documents that state it.
    places
        Where it is stated.
    """

    gloss: Text | None
    proposition: Link | None
    chain: tuple[tuple[Link, Link | None], ...]
    documents: tuple[Link, ...]
    places: tuple[Place, ...]


def claim_view(reader: NodeReader, node: NamedNode, quotations: Mapping[str, str]) -> ClaimView:
    """Read what the page of a claim shows.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The claim.
    quotations
        The words of passages, by IRI.
    """
    proposition = reader.node(node, TMN.proposition)
    chain = tuple(
        (reader.link(each), reader.link(who) if who is not None else None)
        for each in _chain(reader, node)
        for who in [reader.node(each, TMN.claimant)]
    )
    places = [place_of(reader, passage, quotations) for passage in reader.nodes(node, TMN.passage)]
    return ClaimView(
        reader.text(proposition, TMN.gloss) if proposition is not None else None,
        reader.link(proposition) if proposition is not None else None,
        chain if len(chain) > 1 else (),
        tuple(reader.links(reader.nodes(node, TMN.statedIn))),
        tuple(sorted(places, key=lambda place: (len(place.start), place.start))),
    )


def _chain(reader: NodeReader, node: NamedNode) -> Iterator[NamedNode]:
    """Follow what a claim passes on; of several such claims the first. A cycle ends it."""
    done: list[NamedNode] = []
    this: NamedNode | None = node
    while this is not None and this not in done:
        done.append(this)
        yield this
        this = reader.node(this, TMN.reportsClaim) or reader.node(this, TMN.relays)


def place_of(reader: NodeReader, passage: NamedNode, quotations: Mapping[str, str]) -> Place:
    """Read where a passage is, and its words.

    Parameters
    ----------
    reader
        Reads the store.
    passage
        The passage.
    quotations
        The words of passages, by IRI.
    """
    document = reader.node(passage, OA.hasSource)
    selector = reader.node(passage, OA.hasSelector)
    start = reader.literal(selector, OA.start) if selector is not None else None
    end = reader.literal(selector, OA.end) if selector is not None else None
    return Place(
        reader.link(passage),
        reader.link(document) if document is not None else None,
        start or "",
        end or "",
        _words(reader, document, quotations.get(passage.value)),
    )


def _words(reader: NodeReader, document: NamedNode | None, found: str | None) -> Text | None:
    if found is None:
        return None
    language = reader.literal(document, DCTERMS.language) if document is not None else None
    return Text(found, language or "")


def consequences(
    reader: NodeReader,
    node: NamedNode,
    derived: Mapping[NamedNode, tuple[str, ...]],
    explain: Explain,
    explained: Iterable[NamedNode],
) -> list[Consequence]:
    """List what rules derive about a thing.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The thing.
    derived
        The derived properties, each with the names of its rules.
    explain
        Says why a derived fact is true.
    explained
        The properties whose values are explained.
    """
    wanted = set(explained)
    found = []
    for predicate, values in reader.statements(node).items():
        if predicate not in derived:
            continue
        ordered = sorted(values, key=str)
        shown: list[tuple[Link | Text, str]] = []
        for index, value in enumerate(ordered[:_MOST_LISTED]):
            why = ""
            if predicate in wanted and index < _MOST_EXPLAINED:
                why = explain(Triple(node, predicate, value))
            if isinstance(value, NamedNode):
                shown.append((reader.link(value), why))
            else:
                shown.append((Text(getattr(value, "value", "")), why))
        more = max(0, len(ordered) - _MOST_LISTED)
        found.append(Consequence(reader.link(predicate), derived[predicate], tuple(shown), more))
    return sorted(found, key=lambda each: each.name.text)
