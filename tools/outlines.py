"""Makes the outlines of countries that maps show, from Natural Earth (public domain) at 1:110 million.

The source is ``countries-110m.json`` of the npm package world-atlas (ISC), which holds Natural Earth's polygons as
TopoJSON; `make outlines` fetches it. Coordinates are written in hundredths of a degree.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src/testimonia/pages/outlines.json"

Ring = list[tuple[int, int]]


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """Decode the arcs of a topology: differences, in units of its transform."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round(100 * (x * sx + tx)), round(100 * (y * sy + ty))))
        arcs.append(points)
    return arcs


def ring_of(arcs: Sequence[Ring], numbers: Iterable[int]) -> Ring:
    """Join arcs to a ring; a negative number is an arc that is walked backwards."""
    ring: Ring = []
    for number in numbers:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += part[1:] if ring else part
    return list(dict.fromkeys(ring))


def outlines(topology: dict[str, Any]) -> dict[str, list[list[int]]]:
    """List the rings of each country, as coordinates in turn: x, y, x, y."""
    arcs = arcs_of(topology)
    found: dict[str, list[list[int]]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        rings = [ring_of(arcs, numbers) for polygon in polygons for numbers in polygon]
        name = country["properties"]["name"]
        found[name] = [[each for point in ring for each in point] for ring in rings]
    return dict(sorted(found.items()))


if __name__ == "__main__":
    made = outlines(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    TARGET.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
