"""The EDTF string of a time must lie within the days of its bounds."""

from __future__ import annotations

from collections.abc import Callable

import palmyra
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from testimonia.namespaces import PREFIXES, TMN
from testimonia.validation import Report, Severity
from testimonia.validation.edtf_bounds import CHECK, disagreeing

NODE = NamedNode("https://example.org/time")
STAMP = NamedNode(PREFIXES["xsd"] + "dateTimeStamp")
FIRST, LAST = "2025-12-13T00:00:00+03:00", "2025-12-14T07:59:59+03:00"


def quads(edtf: str, first: str | None = FIRST, last: str | None = LAST) -> list[Quad]:
    found = [Quad(NODE, TMN.edtf, Literal(edtf))]
    if first:
        found.append(Quad(NODE, TMN.notBefore, Literal(first, datatype=STAMP)))
    if last:
        found.append(Quad(NODE, TMN.notAfter, Literal(last, datatype=STAMP)))
    return found


@pytest.mark.parametrize(
    "edtf",
    [
        "2025-12-13",
        "2025-12-14",
        "2025-12-13/2025-12-14",
        "[2025-12-13..2025-12-14]",
        "2025-12-13/..",
        "[..2025-12-14]",
        "2025-12-12T21:00:00Z",
        "2025-12-13~",
        "2025-24",
    ],
)
def test_agreeing(edtf: str) -> None:
    assert list(disagreeing(quads(edtf))) == []


@pytest.mark.parametrize(
    ("edtf", "message"),
    [
        ("last Saturday", "is not a date in EDTF"),
        ("2025-02-29", "2025 is not a leap year"),
        ("Y1E999999999", "lies outside the years 1 to 9999"),
    ],
)
@pytest.mark.parametrize("first", [FIRST, None])
def test_what_is_not_edtf_is_reported(edtf: str, message: str, first: str | None) -> None:
    (finding,) = disagreeing(quads(edtf, first))
    assert message in finding.message
    assert finding.severity is Severity.VIOLATION


@pytest.mark.parametrize(
    ("edtf", "days"),
    [
        ("2025-12-12", "from 2025-12-12 to 2025-12-12"),
        ("2025-12-15", "from 2025-12-15 to 2025-12-15"),
        ("2025-12", "from 2025-12-01 to 2025-12-31"),
        ("2025-12-13/2025-12-15", "from 2025-12-13 to 2025-12-15"),
        ("2025-12-12/..", "from 2025-12-12 to an open end"),
        ("[..2025-11-30]", "from an open start to 2025-11-30"),
        ("2025-12-12T20:59:59Z", "from 2025-12-12 to 2025-12-12"),
    ],
)
def test_disagreeing(edtf: str, days: str) -> None:
    [finding] = disagreeing(quads(edtf))
    assert finding.severity is Severity.WARNING
    assert (finding.focus, finding.component) == (NODE, CHECK.component)
    assert (str(finding.path), finding.value) == ("tmn:edtf", Literal(edtf))
    assert finding.message == (
        f"tmn:edtf extends {days}, but the bounds extend from 2025-12-13 to 2025-12-14."
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [(None, LAST), (FIRST, None), ("2025-12-13T00:00:00", LAST), ("yesterday", LAST)],
)
def test_without_both_bounds_nothing_is_compared(first: str | None, last: str | None) -> None:
    assert list(disagreeing(quads("2001", first, last))) == []


def test_bounds_out_of_order_are_left_to_the_shapes() -> None:
    assert list(disagreeing(quads("2001", first=LAST, last=FIRST))) == []


def test_the_day_is_that_of_either_offset() -> None:
    """Both bounds are the same time: one o'clock on the 13th there, still the 12th in UTC."""
    first, last = "2031-03-13T01:00:00+02:00", "2031-03-12T23:00:00Z"
    assert list(disagreeing(quads("2031-03-13", first, last))) == []
    assert list(disagreeing(quads("2031-03-12", first, last))) == []
    assert len(list(disagreeing(quads("2031-03-14", first, last)))) == 1


def test_several_bounds_or_strings_are_left_to_the_shapes() -> None:
    assert list(disagreeing([*quads("2001"), *quads("2002")])) == []
    more = [
        quad for quad in quads("2001", last="2026-01-01T00:00:00Z") if quad not in quads("2001")
    ]
    assert len(more) == 1
    assert list(disagreeing([*quads("2001"), *more])) == []


def test_a_check_reports_them(run: Callable[[str, str], Report]) -> None:
    report = run(
        f"""ex:t tmn:edtf "2024" ; tmn:notBefore "{FIRST}"^^xsd:dateTimeStamp ;
          tmn:notAfter "{LAST}"^^xsd:dateTimeStamp .""",
        "tmsh:C a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:nodeKind sh:IRI .",
    )
    [finding] = [f for f in report.findings if f.component == CHECK.component]
    assert finding.place is not None
    assert finding.place.line == 13
    assert report.count(Severity.WARNING) == 1


def test_the_shipped_times_agree() -> None:
    data = list(palmyra.opened().quads())
    assert sum(quad.predicate == TMN.edtf for quad in data) > 0
    assert list(disagreeing(data)) == []
