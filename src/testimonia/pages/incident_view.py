"""All that the page of an incident shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import TMN
from testimonia.pages.blame_accounts import Account, accounts
from testimonia.pages.chronology import Moment, chronology
from testimonia.pages.disputes import Explain, Topic, disputes
from testimonia.pages.figure_chart import Chart, charts
from testimonia.pages.figure_matrix import HarmTable, figure_rows, tables
from testimonia.pages.incident_claims import (
    IncidentClaims,
    read_incident,
    time_bounds,
)
from testimonia.pages.incident_summary import Accused, Toll, accused, sentence, tolls
from testimonia.pages.locator_map import LocatorMap, locator_map
from testimonia.pages.node_reader import Link, NodeReader
from testimonia.pages.written_dates import WrittenTime, days_in_words, written

__all__ = ["IncidentView", "incident_view"]

_YEAR: Final = re.compile(r"\b[12][0-9]{3}\b")
_MOST_DOCUMENTS: Final = 60


@dataclass(frozen=True, slots=True)
class IncidentView:
    """All that the page of an incident shows.

    Attributes
    ----------
    kind, time, places
        Its type, when it happened, and where by common names.
    parts
        Its parts.
    claims, speakers
        How many claims and speakers there are.
    sentence, tolls, accused
        The summary: in one or two sentences to quote, and in its parts.
    matrix, charts
        The figures, side by side and over time.
    accounts, affiliations
        Who did it, and what they belonged to.
    disputes
        What is disputed, by topic.
    moments
        The timeline.
    map
        The map, where places have coordinates.
    documents
        The documents, each with the number of its claims.
    """

    kind: Link | None
    time: WrittenTime | None
    places: tuple[Link, ...]
    parts: tuple[Link, ...]
    claims: int
    speakers: int
    sentence: str
    tolls: tuple[Toll, ...]
    accused: tuple[Accused, ...]
    matrix: tuple[HarmTable, ...]
    charts: tuple[Chart, ...]
    accounts: tuple[Account, ...]
    affiliations: tuple[Account, ...]
    disputes: tuple[Topic, ...]
    moments: tuple[Moment, ...]
    map: LocatorMap | None
    documents: tuple[tuple[Link, int, str], ...]

    @property
    def listed_documents(self) -> tuple[tuple[Link, int, str], ...]:
        """The documents, as far as they are listed."""
        return self.documents[:_MOST_DOCUMENTS]


def incident_view(reader: NodeReader, node: NamedNode, explain: Explain) -> IncidentView:
    """Read all that the page of an incident shows.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The incident.
    explain
        Says why a derived fact is true.
    """
    incident = read_incident(reader, node)
    rows = figure_rows(incident)
    blame = accounts(incident)
    found, blamed = tuple(tolls(incident, rows)), tuple(accused(incident, blame))
    kind, at = reader.node(node, TMN.eventType), reader.node(node, TMN.occurred)
    time = written(time_bounds(reader, at)) if at is not None else None
    places = tuple(reader.links(reader.nodes(node, TMN.place)))
    english = NodeReader(reader.store)
    # Many names say when already.
    dated = at is None or _YEAR.search(english.name(node))
    when = "" if dated or at is None else english.name(at)
    return IncidentView(
        reader.link(kind) if kind is not None else None,
        time,
        places,
        tuple(reader.links(incident.events[1:])),
        len(incident.by_node),
        len({claim.speaker for claim in incident.by_node.values()}),
        sentence(english, node, when, found, blamed),
        found,
        blamed,
        tuple(tables(incident, rows)),
        tuple(charts(incident, rows)),
        tuple(blame),
        tuple(accounts(incident, TMN.AffiliationProposition)),
        tuple(disputes(incident, explain)),
        tuple(chronology(incident)),
        locator_map(reader, _places(incident)),
        tuple(_documents(incident)),
    )


def _places(incident: IncidentClaims) -> Iterator[NamedNode]:
    """Iterate over the places of the incident: as commonly named, then as claimed, then of its parts."""
    reader = incident.reader
    yield from reader.nodes(incident.incident, TMN.place)
    for proposition in incident.of_class(TMN.PlaceProposition):
        yield from reader.nodes(proposition, TMN.claimedPlace)
    for part in incident.events[1:]:
        yield from reader.nodes(part, TMN.place)


def _documents(incident: IncidentClaims) -> Iterator[tuple[Link, int, str]]:
    """Iterate over the documents with the number of claims, and when they were published."""
    reader = incident.reader
    numbers = Counter(claim.document for claim in incident.by_node.values())
    for document in incident.documents:
        published = reader.node(document, TMN.published)
        days = days_in_words(time_bounds(reader, published)) if published is not None else ""
        yield reader.link(document), numbers[document], days
