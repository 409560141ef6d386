"""Times are written once, in one form, and timelines are in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

import testimonia
from testimonia.namespaces import PREFIXES
from testimonia.pages.chronology import chronology
from testimonia.pages.incident_claims import Bounds, read_incident
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.written_dates import WrittenTime, written

FIRST, LAST = "1989-10-31T00:00:00-06:00", "1989-12-06T23:59:59-06:00"


@pytest.mark.parametrize(
    ("time", "text", "note"),
    [
        (Bounds("1989-10-31", FIRST, FIRST), "31 October 1989", ""),
        (Bounds("31 October 1989, after noon", FIRST, FIRST), "31 October 1989, after noon", ""),
        (Bounds("By then", FIRST, LAST), "31 October to 6 December 1989", "By then"),
        (Bounds("x", FIRST, "1990-01-02"), "31 October 1989 to 2 January 1990", "x"),
        (Bounds("x", FIRST, ""), "from 31 October 1989", "x"),
        (Bounds("x", "", LAST), "until 6 December 1989", "x"),
        (Bounds("x"), "x", ""),
        (Bounds("x", "soon", ""), "from soon", "x"),
        (Bounds("x", "2025-13-40T00:00:00Z", ""), "from 40 13 2025", "x"),
    ],
)
def test_a_time_is_written_once(time: Bounds, text: str, note: str) -> None:
    assert written(time) == WrittenTime(text, note)


TIMES = {
    "Days before": ("", "1989-10-30T23:59:59Z"),
    "The day": ("1989-10-31T00:00:00Z", "1989-10-31T23:59:59Z"),
    "1989-10-31": ("1989-10-31T00:00:00+14:00", "1989-10-31T23:59:59-12:00"),
    "Shortly after": ("1989-10-31T11:00:00Z", "1989-10-31T14:59:59Z"),
    "By December": ("1989-10-31T00:00:00Z", "1989-12-06T23:59:59Z"),
    "Next day": ("1989-11-01T00:00:00Z", "1989-11-01T23:59:59Z"),
    "Who knows": ("", ""),
}
"""In the order in which somebody would list them who knows that the event was on that day."""


def test_a_timeline_is_in_order(tmp_path: Path) -> None:
    space = "@prefix x: <https://example.org/> .\n" + "".join(
        f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("tmn", "tmc", "rdfs", "xsd")
    )
    lines = [
        "x:e a tmn:Incident ; tmn:occurred x:t1 . x:p a tmn:EventProposition ; tmn:about x:e ."
    ]
    for n, (label, bounds) in enumerate(reversed(TIMES.items())):
        at = len(TIMES) - 1 - n
        lines.append(f"x:t{at} a tmn:TimeBounds ; rdfs:label '{label}' .")
        for name, bound in zip(("notBefore", "notAfter"), bounds, strict=True):
            lines += [f"x:t{at} tmn:{name} '{bound}'^^xsd:dateTime ."] if bound else []
        if at != 1:
            lines.append(f"x:c{at} a tmn:Claim ; tmn:proposition x:p ; tmn:statedAt x:t{at} .")
    path = tmp_path / "times.ttl"
    path.write_text(space + "\n".join(lines))
    reader = NodeReader(testimonia.open(path).store)
    found = chronology(read_incident(reader, NamedNode("https://example.org/e")))
    assert [(at.time.text, at.time.note) for at in found] == [
        ("until 30 October 1989", "Days before"),
        ("31 October 1989", "The day"),
        ("31 October 1989", ""),
        ("31 October 1989", "Shortly after"),
        ("31 October to 6 December 1989", "By December"),
        ("1 November 1989", "Next day"),
        ("Who knows", ""),
    ]
