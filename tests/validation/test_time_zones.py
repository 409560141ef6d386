"""Time zones must exist, and at least one bound must be written in the zone."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.namespaces import PREFIXES, TMN
from testimonia.validation import Severity
from testimonia.validation.time_zones import disagreeing

NODE = NamedNode("https://example.org/time")
STAMP = NamedNode(PREFIXES["xsd"] + "dateTimeStamp")


def quads(zone: str, *moments: str) -> list[Quad]:
    stamps = [Literal(moment, datatype=STAMP) for moment in moments]
    bounds = zip((TMN.notBefore, TMN.notAfter), stamps, strict=False)
    return [Quad(NODE, TMN.timeZone, Literal(zone)), *(Quad(NODE, *each) for each in bounds)]


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        ("+03:00", ["2025-12-13T00:00:00+03:00", "2025-12-13T23:59:59+03:00"]),
        ("+03:00", ["2025-12-14T00:00:00+03:00", "2025-12-14T23:59:59-05:00"]),
        ("+03:00", ["2025-12-13T21:00:00Z"]),
        ("Asia/Damascus", ["2025-12-13T00:00:00+03:00"]),
        ("Europe/Kyiv", ["2025-07-01T00:00:00+03:00"]),
        ("Asia/Damascus", []),
        ("in Syria", ["2025-12-13T00:00:00+03:00"]),
    ],
)
def test_zones_that_agree(zone: str, moments: list[str]) -> None:
    assert list(disagreeing(quads(zone, *moments))) == []


def test_a_zone_that_does_not_exist() -> None:
    (finding,) = disagreeing(quads("Asia/Palmyra", "2025-12-13T00:00:00+03:00"))
    assert finding.severity is Severity.VIOLATION
    assert finding.message == "There is no time zone 'Asia/Palmyra' in the IANA time zone database."


@pytest.mark.parametrize("zone", ["-08:00", "America/New_York", "Z"])
def test_a_zone_in_which_no_bound_is_written(zone: str) -> None:
    (finding,) = disagreeing(quads(zone, "2025-12-13T00:00:00+03:00", "2025-12-13T23:59:59+03:00"))
    assert finding.severity is Severity.WARNING
    assert finding.message == f"The time zone is {zone}, but the bounds are written in +03:00."
