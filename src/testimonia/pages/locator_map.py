"""A map of the places of an incident over bundled outlines of countries (Natural Earth, public domain)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import TMN
from testimonia.pages.node_reader import Link, NodeReader

__all__ = ["OUTLINES", "LocatorMap", "Pin", "coordinates", "load_outlines", "locator_map"]

WIDTH: Final = 360
HEIGHT: Final = 240
_NARROWEST: Final = 5.0  # degrees of longitude that a map shows at least
_MARGIN: Final = 1.6
OUTLINES: Final = Path(__file__).with_name("outlines.json")
"""The file of the outlines, which pages load to draw a map of an answer."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on the map.

    Attributes
    ----------
    number
        Its number in the list below the map.
    x, y
        Where it is.
    place
        The place.
    coordinates
        Its latitude and longitude in words.
    """

    number: int
    x: float
    y: float
    place: Link
    coordinates: str


@dataclass(frozen=True, slots=True)
class LocatorMap:
    """Outlines of countries, with places.

    Attributes
    ----------
    countries
        The countries in sight: the name, an SVG path, and the place of the name, if it is in sight.
    pins
        The places.
    """

    countries: tuple[tuple[str, str, tuple[float, float] | None], ...]
    pins: tuple[Pin, ...]
    width: int = WIDTH
    height: int = HEIGHT


@cache
def load_outlines() -> Mapping[str, Sequence[Sequence[int]]]:
    """Read the outlines: rings of each country, in hundredths of a degree (x, y, x, y …)."""
    found: dict[str, list[list[int]]] = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return found


def locator_map(reader: NodeReader, places: Iterable[NamedNode]) -> LocatorMap | None:
    """Draw a map of the places that have coordinates; None if there are none.

    Parameters
    ----------
    reader
        Reads the store.
    places
        The places, the most important first. One without coordinates is shown by the closest place
        around it that has some.
    """
    located: dict[NamedNode, tuple[float, float]] = {}
    for place in places:
        found = _located(reader, place)
        if found is not None:
            located.setdefault(*found)
    if not located:
        return None
    window = _window(list(located.values()))
    pins = tuple(
        Pin(number, *window.place(point), reader.link(place), _in_words(*point))
        for number, (place, point) in enumerate(located.items(), 1)
    )
    return LocatorMap(tuple(window.countries()), pins)


def _located(reader: NodeReader, place: NamedNode) -> tuple[NamedNode, tuple[float, float]] | None:
    """Find the coordinates of a place, or of the closest place around it that has some."""
    waiting, done = [place], set[NamedNode]()
    while waiting:
        this = waiting.pop(0)
        if this in done:
            continue
        done.add(this)
        point = coordinates(reader, this)
        if point is not None:
            return this, point
        waiting += reader.nodes(this, TMN.within)
    return None


def coordinates(reader: NodeReader, place: NamedNode) -> tuple[float, float] | None:
    """Return the latitude and longitude of a place in degrees; None if the data have no valid ones.

    Parameters
    ----------
    reader
        Reads the store.
    place
        The place.
    """
    latitude, longitude = reader.literal(place, TMN.latitude), reader.literal(place, TMN.longitude)
    try:
        north, east = float(latitude or ""), float(longitude or "")
    except ValueError:
        return None
    return (north, east) if -90 <= north <= 90 and -180 <= east <= 180 else None


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of the world that is in sight: an equirectangular projection around its middle."""

    north: float
    west: float
    across: float  # pixels a degree of longitude
    down: float  # pixels a degree of latitude

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        north, east = point
        return (
            round((east - self.west) * self.across, 1),
            round((self.north - north) * self.down, 1),
        )

    def countries(self) -> Iterable[tuple[str, str, tuple[float, float] | None]]:
        for name, rings in load_outlines().items():
            drawn = [points for ring in rings if (points := self._in_sight(ring))]
            if drawn:
                path = "".join(
                    f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}Z" for points in drawn
                )
                yield name, path, _middle(drawn)

    def _in_sight(self, ring: Sequence[int]) -> list[tuple[float, float]]:
        points = [
            self.place((y / 100, x / 100)) for x, y in zip(ring[::2], ring[1::2], strict=True)
        ]
        return _clipped(points)


def _clipped(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Cut a polygon to a little more than what is in sight (Sutherland and Hodgman, 1974)."""
    for axis, limit, sign in (
        (0, -9.0, 1),
        (0, WIDTH + 9.0, -1),
        (1, -9.0, 1),
        (1, HEIGHT + 9.0, -1),
    ):
        kept: list[tuple[float, float]] = []
        for before, point in zip([points[-1], *points[:-1]], points, strict=True):
            inside, was_inside = (sign * (each[axis] - limit) >= 0 for each in (point, before))
            if inside != was_inside:
                part = (limit - before[axis]) / (point[axis] - before[axis])
                cut = tuple(
                    round(b + part * (p - b), 1) for b, p in zip(before, point, strict=True)
                )
                kept.append((cut[0], cut[1]))
            if inside:
                kept.append(point)
        points = kept
        if not points:
            return []
    return points


def _middle(drawn: Iterable[Sequence[tuple[float, float]]]) -> tuple[float, float] | None:
    """Return the middle of the largest part that is in sight, unless there is no space for a name."""
    largest = max(drawn, key=len)
    xs = [min(max(x, 0), WIDTH) for x, _ in largest]
    ys = [min(max(y, 0), HEIGHT) for _, y in largest]
    if max(xs) - min(xs) < WIDTH / 6 or max(ys) - min(ys) < HEIGHT / 10:
        return None
    return round((min(xs) + max(xs)) / 2, 1), round((min(ys) + max(ys)) / 2, 1)


def _window(points: Sequence[tuple[float, float]]) -> _Window:
    norths, easts = [p[0] for p in points], [p[1] for p in points]
    middle = (min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2
    squeeze = max(math.cos(math.radians(middle[0])), 0.2)
    tall = (max(norths) - min(norths)) * _MARGIN
    wide = max((max(easts) - min(easts)) * _MARGIN, _NARROWEST, tall * WIDTH / HEIGHT / squeeze)
    across = WIDTH / wide
    down = across / squeeze
    return _Window(middle[0] + HEIGHT / down / 2, middle[1] - wide / 2, across, down)


def _in_words(north: float, east: float) -> str:
    return (
        f"{abs(north):g}° {'N' if north >= 0 else 'S'}, {abs(east):g}° {'E' if east >= 0 else 'W'}"
    )
