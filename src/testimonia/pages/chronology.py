"""What happened, was said and was published when: the timeline of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from testimonia.namespaces import TMN
from testimonia.pages.incident_claims import Bounds, IncidentClaims, time_bounds
from testimonia.pages.node_reader import Link

__all__ = ["Moment", "chronology"]

_MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, with what belongs there.

    Attributes
    ----------
    time
        The time.
    events
        What is said to have happened.
    documents
        What was published.
    claims
        What was said, as far as it is listed.
    more
        How many claims are not listed.
    """

    time: Bounds
    events: tuple[Link, ...]
    documents: tuple[Link, ...]
    claims: tuple[Link, ...]
    more: int


def chronology(incident: IncidentClaims) -> list[Moment]:
    """List the times of an incident, with its events, documents and claims, the earliest first.

    Parameters
    ----------
    incident
        The incident.
    """
    reader = incident.reader
    found: dict[Bounds, tuple[list[Link], list[Link]]] = {}
    said: dict[Bounds, list[NamedNode]] = {}
    for event in _events(incident):
        for node in reader.nodes(event, TMN.occurred):
            found.setdefault(time_bounds(reader, node), ([], []))[0].append(reader.link(event))
    for document in incident.documents:
        for node in reader.nodes(document, TMN.published):
            at = found.setdefault(time_bounds(reader, node), ([], []))
            at[1].append(reader.link(document))
    for claim in incident.by_node.values():
        if claim.known is not None:
            said.setdefault(claim.known, []).append(claim.node)
            found.setdefault(claim.known, ([], []))
    return [
        Moment(
            time,
            tuple(events),
            tuple(sorted(documents, key=lambda link: link.text)),
            tuple(reader.links(said.get(time, ())[:_MOST_SHOWN])),
            max(0, len(said.get(time, ())) - _MOST_SHOWN),
        )
        for time, (events, documents) in sorted(found.items(), key=lambda at: at[0].order)
    ]


def _events(incident: IncidentClaims) -> Iterator[NamedNode]:
    """Iterate over the incident, its parts, and the events that somebody links it with."""
    reader = incident.reader
    found = dict.fromkeys(incident.events)
    for proposition in incident.of_class(TMN.LinkProposition):
        found |= dict.fromkeys(reader.nodes(proposition, TMN.linkedEvent))
    yield from found
