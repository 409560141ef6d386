"""What happened, was said and was published when: the timeline of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from testimonia.namespaces import TMN
from testimonia.pages.incident_claims import Bounds, IncidentClaims, time_bounds
from testimonia.pages.node_reader import Link
from testimonia.pages.written_dates import WrittenTime, written

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

    time: WrittenTime
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
            written(time),
            tuple(events),
            tuple(sorted(documents, key=lambda link: link.text)),
            tuple(reader.links(said.get(time, ())[:_MOST_SHOWN])),
            max(0, len(said.get(time, ())) - _MOST_SHOWN),
        )
        for time, (events, documents) in sorted(
            found.items(), key=lambda at: _order(at[0], happened=bool(at[1][0]))
        )
    ]


def _order(time: Bounds, *, happened: bool) -> tuple[object, ...]:
    """Order times by their first day, then by their last, so that what may be later follows what is not.

    A time with one bound is placed by that. Within the same days, what happened is before what was said.
    """
    first, last = time.earliest or time.latest, time.latest or time.earliest
    return (not first, first[:10], last[:10], not happened, time.order, time.label)


def _events(incident: IncidentClaims) -> Iterator[NamedNode]:
    """Iterate over the incident, its parts, and the events that somebody links it with."""
    reader = incident.reader
    found = dict.fromkeys(incident.events)
    for proposition in incident.of_class(TMN.LinkProposition):
        found |= dict.fromkeys(reader.nodes(proposition, TMN.linkedEvent))
    yield from found
