"""How a figure moved: a step chart over time, a line for each speaker, drawn as SVG from the claims alone.

Nothing in a chart is shown by colour alone. Each speaker has a letter, which is in its marks; a figure that
was raised, lowered or corrected has a mark of another shape; and the list below the chart says all of it in
words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from pyoxigraph import NamedNode

from testimonia.namespaces import TMN
from testimonia.pages.figure_matrix import FigureRow, figure_text
from testimonia.pages.incident_claims import IncidentClaims, SaidClaim
from testimonia.pages.node_reader import Link

__all__ = ["Chart", "Line", "Mark", "charts"]

WIDTH: Final = 360
HEIGHT: Final = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 14, 12, 26
_SIZE: Final = 7
_GUIDES: Final = 4
_DAY: Final = 86_400


class _Most(NamedTuple):
    """How many charts there are at most, lines in each, and marks in each line."""

    charts: int
    lines: int
    marks: int


_MOST: Final = _Most(6, 16, 1000)
_MOST_OF_LARGE: Final = _Most(2, 6, 6)


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure at a time.

    Attributes
    ----------
    x, y
        Its place.
    low, high
        The ends of its bounds on the vertical axis.
    shape
        ``first``, ``up``, ``down``, ``corrected`` or ``same``.
    figure, when
        The figure and its time in words.
    claim
        The claim.
    """

    x: float
    y: float
    low: float
    high: float
    shape: str
    figure: str
    when: str
    claim: Link

    @property
    def outline(self) -> str:
        """The outline of the mark, as an SVG path."""
        x, y, r = self.x, self.y, _SIZE
        if self.shape == "up":
            return f"M{x} {y - r - 2}L{x + r + 1} {y + r}H{x - r - 1}Z"
        if self.shape == "down":
            return f"M{x} {y + r + 2}L{x + r + 1} {y - r}H{x - r - 1}Z"
        if self.shape == "corrected":
            return f"M{x - r} {y - r}H{x + r}V{y + r}H{x - r}Z"
        return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one speaker, in order of time.

    Attributes
    ----------
    letter
        Stands for the speaker in the chart.
    style
        The number of the line style, from 0.
    speaker
        The speaker.
    marks
        Its figures.
    """

    letter: str
    style: int
    speaker: Link
    marks: tuple[Mark, ...]

    @property
    def steps(self) -> str:
        """The line, as an SVG path: level until the next figure."""
        path = f"M{self.marks[0].x} {self.marks[0].y}"
        return path + "".join(f"H{mark.x}V{mark.y}" for mark in self.marks[1:])


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one row of figures.

    Attributes
    ----------
    harm, victims, event
        What is counted; the event if it is a part of the incident.
    lines
        A line for each speaker.
    guides
        The places on the vertical axis, and their numbers.
    days
        The places on the horizontal axis, and their dates.
    undated
        How many claims are left out since no time is known.
    more
        How many speakers have no line.
    earlier
        How many figures before the first marks of the lines are left out.
    """

    harm: Link
    victims: Link
    event: Link | None
    lines: tuple[Line, ...]
    guides: tuple[tuple[float, str], ...]
    days: tuple[tuple[float, str], ...]
    undated: int
    more: int
    earlier: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Point:
    claim: SaidClaim
    time: float
    low: int
    high: int


def charts(incident: IncidentClaims, rows: Sequence[FigureRow]) -> list[Chart]:
    """Draw a chart for each widest row whose figures differ; of a large incident, the two with most figures.

    Parameters
    ----------
    incident
        The incident.
    rows
        Its rows.
    """
    most = _MOST_OF_LARGE if incident.is_large else _MOST
    found = (_chart(incident, row, most) for row in rows if row.depth == 0)
    drawn = [chart for chart in found if chart is not None]
    busiest = sorted(
        drawn, key=lambda chart: -chart.earlier - sum(len(line.marks) for line in chart.lines)
    )
    return [chart for chart in drawn if chart in busiest[: most.charts]]


def _chart(incident: IncidentClaims, row: FigureRow, most: _Most) -> Chart | None:
    reader = incident.reader
    upheld = [claim for claim in row.claims if claim.upheld_once and claim.speaker is not None]
    points = [point for claim in upheld if (point := _point(incident, claim)) is not None]
    if len({(point.low, point.high) for point in points}) < 2:
        return None
    across, days = _time_axis([point.time for point in points])
    up, guides = _number_axis(max(point.high for point in points))
    spoken: dict[NamedNode, list[_Point]] = defaultdict(list)
    for point in sorted(points, key=_order):
        assert point.claim.speaker is not None  # noqa: S101 - chosen above
        spoken[point.claim.speaker].append(point)
    lines, taken, earlier = [], set[tuple[int, int]](), 0
    order = sorted(spoken, key=lambda s: (spoken[s][0].time, reader.name(s)))
    for index, speaker in enumerate(order[: most.lines]):
        changes = _changes(spoken[speaker])
        earlier += max(0, len(changes) - most.marks)
        marks = [
            _mark(incident, point, before, across, up, taken)
            for before, point in changes[-most.marks :]
        ]
        lines.append(Line(chr(65 + index), index % 6, reader.link(speaker), tuple(marks)))
    part = reader.link(row.event) if row.event != incident.incident else None
    return Chart(
        reader.link(row.harm),
        reader.link(row.victims),
        part,
        tuple(lines),
        guides,
        days,
        len(upheld) - len(points),
        max(0, len(order) - most.lines),
        earlier,
    )


def _order(point: _Point) -> tuple[object, ...]:
    """Order by time; of the same time, what was revised or withdrawn comes before what replaced it."""
    return (point.time, point.claim.standing, point.low, point.claim.node.value)


def _point(incident: IncidentClaims, claim: SaidClaim) -> _Point | None:
    """Return the place of a claim, unless its time or its number is unknown."""
    time = claim.known.middle if claim.known is not None else None
    reader, proposition = incident.reader, claim.proposition
    lower = reader.literal(proposition, TMN.lowerBound)
    upper = reader.literal(proposition, TMN.upperBound)
    known = [int(each) for each in (lower, upper) if each is not None and each.isdecimal()]
    if time is None or not known:
        return None
    return _Point(claim, time, known[0], known[-1])


def _changes(points: Sequence[_Point]) -> list[tuple[_Point | None, _Point]]:
    """Leave out what repeats the figure before it at the same time."""
    found: list[tuple[_Point | None, _Point]] = []
    for point in points:
        before = found[-1][1] if found else None
        same = before is not None and before.claim.proposition == point.claim.proposition
        if not (same and before is not None and abs(before.time - point.time) < _DAY / 24):
            found.append((before, point))
    return found


def _mark(
    incident: IncidentClaims,
    point: _Point,
    before: _Point | None,
    across: _Axis,
    up: _Axis,
    taken: set[tuple[int, int]],
) -> Mark:
    reader = incident.reader
    x, y = across(point.time), up((point.low + point.high) / 2)
    while (round(x / _SIZE), round(y / _SIZE)) in taken and x < WIDTH - _RIGHT - _SIZE:
        x = round(x + 2 * _SIZE, 1)
    taken.add((round(x / _SIZE), round(y / _SIZE)))
    known = point.claim.known
    return Mark(
        x,
        y,
        up(point.low),
        up(point.high),
        _shape(incident, point, before),
        figure_text(reader, point.claim.proposition),
        known.days if known is not None else "",
        reader.link(point.claim.node),
    )


def _shape(incident: IncidentClaims, point: _Point, before: _Point | None) -> str:
    """Distinguish a correction, which says that the earlier figure was wrong, from a change of the toll."""
    if before is None:
        return "first"
    if incident.reader.nodes(point.claim.node, TMN.corrects):
        return "corrected"
    now, then = point.low + point.high, before.low + before.high
    return "up" if now > then else "down" if now < then else "same"


@dataclass(frozen=True, slots=True)
class _Axis:
    """Maps values to places, linearly."""

    start: float
    scale: float
    origin: float

    def __call__(self, value: float) -> float:
        return round(self.origin + (value - self.start) * self.scale, 1)


def _time_axis(times: Sequence[float]) -> tuple[_Axis, tuple[tuple[float, str], ...]]:
    first = math.floor(min(times) / _DAY) * _DAY
    last = max(math.ceil(max(times) / _DAY) * _DAY, first + _DAY)
    axis = _Axis(first, (WIDTH - _LEFT - _RIGHT - 2 * _SIZE) / (last - first), float(_LEFT + _SIZE))
    every = max(1, math.ceil((last - first) / _DAY / _GUIDES))
    days = []
    for number in range(0, int((last - first) / _DAY), every):
        start = first + number * _DAY
        date = datetime.fromtimestamp(start, UTC).date()
        days.append((axis(start), date.isoformat()))
    return axis, tuple(days)


def _number_axis(most: int) -> tuple[_Axis, tuple[tuple[float, str], ...]]:
    """Begin at zero, so that a small change does not look like a large one."""
    step = _round_step(max(most, 1) / _GUIDES)
    top = max(step * math.ceil(most / step), 1)
    axis = _Axis(0, -(HEIGHT - _TOP - _BOTTOM - _SIZE) / top, float(HEIGHT - _BOTTOM))
    return axis, tuple((axis(n), f"{n:,}") for n in range(0, top + 1, step))


def _round_step(rough: float) -> int:
    """Round up to 1, 2 or 5 times a power of ten."""
    power: int = 10 ** max(0, math.floor(math.log10(max(rough, 1))))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
