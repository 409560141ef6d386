"""The passages of a document in order, each with its claims or the reason why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from testimonia.namespaces import OA, TMN
from testimonia.pages.claim_view import Place, place_of
from testimonia.pages.node_reader import Link, NodeReader

__all__ = ["ListedPassage", "claims_at", "passages_of"]


@dataclass(frozen=True, slots=True)
class ListedPassage:
    """A passage in the list of its document.

    Attributes
    ----------
    place
        Where it is.
    fragment
        The fragment of its IRI, which leads to it on the page of the document.
    claims
        The claims that it states.
    reason
        Why it states none.
    """

    place: Place
    fragment: str
    claims: tuple[Link, ...]
    reason: Link | None


def passages_of(
    reader: NodeReader, document: NamedNode, quotations: Mapping[str, str]
) -> list[ListedPassage]:
    """List the passages of a document in order of their first character.

    Parameters
    ----------
    reader
        Reads the store.
    document
        The document.
    quotations
        The words of passages, by IRI.
    """
    found = []
    for passage in reader.subjects(document, OA.hasSource):
        reason = reader.node(passage, TMN.noClaimReason)
        found.append(
            ListedPassage(
                place_of(reader, passage, quotations),
                passage.value.partition("#")[2],
                claims_at(reader, passage),
                reader.link(reason) if reason is not None else None,
            )
        )
    return sorted(found, key=lambda each: (_number(each.place.start), _number(each.place.end)))


def claims_at(reader: NodeReader, passage: NamedNode) -> tuple[Link, ...]:
    """List the claims that a passage states."""
    return tuple(reader.links(reader.subjects(passage, TMN.passage)))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
