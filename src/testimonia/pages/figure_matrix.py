"""The figures of an incident side by side: a row for each harm and group, a column for each speaker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import TMC, TMN
from testimonia.pages.incident_claims import IncidentClaims, SaidClaim
from testimonia.pages.node_reader import Link, NodeReader

__all__ = [
    "REASONS",
    "Entry",
    "FigureRow",
    "HarmTable",
    "Speaker",
    "bounds_text",
    "figure_rows",
    "figure_text",
    "tables",
]


REASONS: Final = ("withdrawn-claim", "forecast-claim")
"""Reasons for not upholding a statement that neither stance nor certainty shows."""


_MOST_SPEAKERS: Final = 40
_MOST_OF_LARGE: Final = 8
_MOST_CLAIMS: Final = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """What one speaker says of one row, once for all claims that say the same.

    Attributes
    ----------
    figure
        The number, or numbers, in figures.
    words
        The quantity as the documents word it.
    remarks
        What else matters: the stance, how certain it is, why it does not count.
    when
        The time as of which it speaks.
    superseded
        Whether its speaker later revised it.
    counts
        Whether it upholds the figure.
    claims
        The claims.
    """

    figure: str
    words: str
    remarks: tuple[str, ...]
    when: str
    superseded: bool
    counts: bool
    claims: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A column: a speaker, under its party.

    Attributes
    ----------
    link, party
        The speaker, and its party if that is another agent.
    """

    link: Link
    party: Link | None


@dataclass
class FigureRow:
    """Figures that count the same people.

    Attributes
    ----------
    event, harm, victims
        What it counts: of which event, which harm, to whom.
    propositions
        The figures.
    claims
        The claims that give them.
    wider
        The rows that count some more people by description.
    depth
        How many rows it is below: 0 for the widest group.
    """

    event: NamedNode
    harm: NamedNode
    victims: NamedNode
    propositions: list[NamedNode] = field(default_factory=list)
    claims: list[SaidClaim] = field(default_factory=list)
    wider: list[FigureRow] = field(default_factory=list)
    depth: int = 0


@dataclass(frozen=True, slots=True)
class HarmTable:
    """The rows of one harm in one event, with the speakers who give figures there.

    Attributes
    ----------
    event, harm
        The event if it is a part of the incident, and the harm.
    speakers
        The columns, those of one party together.
    rows
        The victims of each row, its depth, and for each speaker what is said.
    more
        How many speakers have no column.
    """

    event: Link | None
    harm: Link
    speakers: tuple[Speaker, ...]
    rows: tuple[tuple[Link, int, tuple[tuple[Entry, ...], ...]], ...]
    more: int


def figure_rows(incident: IncidentClaims) -> list[FigureRow]:
    """Group the casualty figures of an incident by what they count, wider groups before narrower ones.

    Parameters
    ----------
    incident
        The incident.
    """
    reader = incident.reader
    rows: dict[tuple[NamedNode, ...], FigureRow] = {}
    row_of: dict[NamedNode, FigureRow] = {}
    for proposition in incident.of_class(TMN.CasualtyProposition):
        claims = incident.claims[proposition]
        harm = reader.node(proposition, TMN.harm)
        victims = reader.node(proposition, TMN.victims)
        if harm is None or victims is None:
            continue
        event = claims[0].event
        figure = reader.node(proposition, TMN.countedAs)
        key = (figure,) if figure is not None else (event, harm, victims, proposition)
        row = rows.setdefault(key, FigureRow(event, harm, victims))
        row.propositions.append(proposition)
        row.claims += claims
        row_of[proposition] = row
    for proposition, row in row_of.items():
        for above in reader.nodes(proposition, TMN.narrowerThan):
            wider = row_of.get(above)
            if wider is not None and wider is not row and wider not in row.wider:
                row.wider.append(wider)
    return list(_ordered(incident, list(rows.values())))


def _ordered(incident: IncidentClaims, rows: list[FigureRow]) -> Iterator[FigureRow]:
    """Order rows by event and harm, each followed by the narrower ones, and set their depth."""
    below: dict[int, list[FigureRow]] = defaultdict(list)
    roots = []
    for row in rows:
        # The closest of the wider ones: the one that has most above it.
        closest = max(row.wider, key=lambda w: (len(w.wider), w.victims.value), default=None)
        if closest is None or row in closest.wider:  # two that are each narrower: not a tree
            roots.append(row)
        else:
            below[id(closest)].append(row)
    place = {event: index for index, event in enumerate(incident.events)}
    totals: dict[tuple[NamedNode, NamedNode], int] = defaultdict(int)
    for row in rows:
        totals[row.event, row.harm] += len(row.claims)

    def order(row: FigureRow) -> tuple[object, ...]:
        busiest = (row.harm != TMC.killed, -totals[row.event, row.harm])
        return (place[row.event], *busiest, row.harm.value, -len(row.claims), row.victims.value)

    def walk(row: FigureRow, depth: int) -> Iterator[FigureRow]:
        row.depth = depth
        yield row
        for child in sorted(below[id(row)], key=order):
            yield from walk(child, depth + 1)

    for root in sorted(roots, key=order):
        yield from walk(root, 0)


def tables(incident: IncidentClaims, rows: Iterable[FigureRow]) -> list[HarmTable]:
    """Lay the rows out in tables, one for each event and harm.

    Parameters
    ----------
    incident
        The incident.
    rows
        Its rows, as `figure_rows` orders them.
    """
    groups: dict[tuple[NamedNode, NamedNode], list[FigureRow]] = defaultdict(list)
    for row in rows:
        groups[row.event, row.harm].append(row)
    return [_table(incident, event, harm, found) for (event, harm), found in groups.items()]


def _table(
    incident: IncidentClaims, event: NamedNode, harm: NamedNode, rows: list[FigureRow]
) -> HarmTable:
    reader = incident.reader
    found = _speakers(reader, [claim for row in rows for claim in row.claims])
    speakers = found[: _MOST_OF_LARGE if incident.is_large else _MOST_SPEAKERS]
    laid = []
    for row in rows:
        said: dict[str, list[SaidClaim]] = defaultdict(list)
        for claim in row.claims:
            said[claim.speaker.value if claim.speaker else ""].append(claim)
        cells = tuple(_entries(reader, said[each.link.iri]) for each in speakers)
        if any(cells):
            laid.append((reader.link(row.victims), row.depth, cells))
    part = reader.link(event) if event != incident.incident else None
    more = len(found) - len(speakers)
    return HarmTable(part, reader.link(harm), tuple(speakers), tuple(laid), more)


def _speakers(reader: NodeReader, claims: Iterable[SaidClaim]) -> list[Speaker]:
    """List the speakers of claims, those of one party together, the party that says most first."""
    number: dict[str, int] = defaultdict(int)
    found: dict[NamedNode, Speaker] = {}
    for claim in claims:
        if claim.speaker is None:
            continue
        party = claim.party if claim.party not in (None, claim.speaker) else None
        number[(claim.party or claim.speaker).value] += 1
        if claim.speaker not in found or found[claim.speaker].party is None:
            found[claim.speaker] = Speaker(
                reader.link(claim.speaker), reader.link(party) if party is not None else None
            )

    def order(speaker: Speaker) -> tuple[object, ...]:
        party = speaker.party or speaker.link
        return (-number[party.iri], party.text, speaker.party is not None, speaker.link.text)

    return sorted(found.values(), key=order)


def _entries(reader: NodeReader, claims: Iterable[SaidClaim]) -> tuple[Entry, ...]:
    """Merge the claims of one speaker that say the same, in order of time."""
    groups: dict[tuple[object, ...], list[SaidClaim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda c: c.known.order if c.known else (9e15, 9e15)):
        key = (claim.proposition, claim.stance, claim.certainty, claim.reasons, claim.superseded)
        groups[key].append(claim)
    return tuple(_entry(reader, found) for found in groups.values())


def _entry(reader: NodeReader, claims: list[SaidClaim]) -> Entry:
    first = claims[0]
    codes = [first.stance if first.stance != "asserts" else ""]
    codes.append(first.certainty if first.certainty != "unhedged" else "")
    # Why it does not count is said by its stance and certainty already, but for these.
    codes += [reason for reason in first.reasons if reason in REASONS]
    remarks = [reader.name(TMC[code]) for code in codes if code]
    return Entry(
        figure_text(reader, first.proposition),
        next((claim.words for claim in claims if claim.words), ""),
        tuple(dict.fromkeys(remarks)),
        first.known.days if first.known else "",
        bool(first.superseded),
        first.upholds,
        tuple(reader.link(claim.node) for claim in claims[:_MOST_CLAIMS]),
    )


def figure_text(reader: NodeReader, proposition: NamedNode) -> str:
    """Write the bounds of a figure in words and figures.

    Parameters
    ----------
    reader
        Reads the store.
    proposition
        The figure, or an assessment of figures.
    """
    lower = reader.literal(proposition, TMN.lowerBound)
    upper = reader.literal(proposition, TMN.upperBound)
    return bounds_text(lower, upper)


def bounds_text(
    lower: str | None, upper: str | None, *, open_below: bool = False, open_above: bool = False
) -> str:
    """Write bounds in words and figures.

    Parameters
    ----------
    lower, upper
        The bounds, None where there is none.
    open_below, open_above
        Whether some figure has no such bound.

    Examples
    --------
    >>> bounds_text("6", "10", open_above=True), bounds_text("3", "3"), bounds_text(None, "9")
    ('6 to 10 or more', '3', 'at most 9')
    """
    low, high = _grouped(lower), _grouped(upper)
    if low is None and high is None:
        return "some, no number"
    if low == high:
        text = str(low)
    elif high is None:
        return f"{low} or more"
    elif low is None:
        return f"at most {high}"
    else:
        text = f"{low} to {high}"
    text += " or more" if open_above else ""
    return f"{text}, or fewer" if open_below else text


def _grouped(number: str | None) -> str | None:
    return f"{int(number):,}" if number is not None and number.isdecimal() else number
