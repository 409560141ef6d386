"""Every example of the EDTF specification has the bounds that its text gives, and more of the kind."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from testimonia import edtf

# The examples of the specification (Library of Congress, 4 February 2019), in its order; bounds
# worked out by hand. An empty end is unknown or open.
SPECIFICATION = """
    1985-04-12                      1985-04-12   1985-04-12
    1985-04                         1985-04-01   1985-04-30
    1985                            1985-01-01   1985-12-31
    1964/2008                       1964-01-01   2008-12-31
    2004-06/2006-08                 2004-06-01   2006-08-31
    2004-02-01/2005-02-08           2004-02-01   2005-02-08
    2004-02-01/2005-02              2004-02-01   2005-02-28
    2004-02-01/2005                 2004-02-01   2005-12-31
    2005/2006-02                    2005-01-01   2006-02-28
    Y170000002                      170000002-01-01   170000002-12-31
    Y-170000002                     -170000002-01-01  -170000002-12-31
    1984?                           1984-01-01   1984-12-31
    2004-06~                        2004-06-01   2004-06-30
    2004-06-11%                     2004-06-11   2004-06-11
    201X                            2010-01-01   2019-12-31
    20XX                            2000-01-01   2099-12-31
    2004-XX                         2004-01-01   2004-12-31
    1985-04-XX                      1985-04-01   1985-04-30
    1985-XX-XX                      1985-01-01   1985-12-31
    1985-04-12/..                   1985-04-12   -
    1985-04/..                      1985-04-01   -
    1985/..                         1985-01-01   -
    ../1985-04-12                   -            1985-04-12
    ../1985-04                      -            1985-04-30
    ../1985                         -            1985-12-31
    1985-04-12/                     1985-04-12   -
    1985-04/                        1985-04-01   -
    1985/                           1985-01-01   -
    /1985-04-12                     -            1985-04-12
    /1985-04                        -            1985-04-30
    /1985                           -            1985-12-31
    -1985                           -1985-01-01  -1985-12-31
    Y-17E7                          -170000000-01-01  -170000000-12-31
    1950S2                          1900-01-01   1999-12-31
    Y171010000S3                    171000000-01-01   171999999-12-31
    Y3388E2S3                       338000-01-01      338999-12-31
    2001-34                         2001-04-01   2001-06-30
    [1667,1668,1670..1672]          1667-01-01   1672-12-31
    [..1760-12-03]                  -            1760-12-03
    [1760-12..]                     1760-12-01   -
    [1760-01,1760-02,1760-12..]     1760-01-01   -
    [1667,1760-12]                  1667-01-01   1760-12-31
    [..1984]                        -            1984-12-31
    {1667,1668,1670..1672}          1667-01-01   1672-12-31
    {1960,1961-12}                  1960-01-01   1961-12-31
    {..1984}                        -            1984-12-31
    2004-06-11%                     2004-06-11   2004-06-11
    2004-06~-11                     2004-06-11   2004-06-11
    2004?-06-11                     2004-06-11   2004-06-11
    ?2004-06-~11                    2004-06-11   2004-06-11
    2004-%06-11                     2004-06-11   2004-06-11
    156X-12-25                      1560-12-25   1569-12-25
    15XX-12-25                      1500-12-25   1599-12-25
    XXXX-12-XX                      0000-12-01   9999-12-31
    1XXX-XX                         1000-01-01   1999-12-31
    1XXX-12                         1000-12-01   1999-12-31
    1984-1X                         1984-10-01   1984-12-31
    2004-06-~01/2004-06-~20         2004-06-01   2004-06-20
    2004-06-XX/2004-07-03           2004-06-01   2004-07-03
"""
FURTHER = """
    2004-02                         2004-02-01   2004-02-29
    1900-02                         1900-02-01   1900-02-28
    0000-02                         0000-02-01   0000-02-29
    2026-1X                         2026-10-01   2026-12-31
    2026-0X                         2026-01-01   2026-09-30
    2026-X1                         2026-01-01   2026-11-30
    2026-06-3X                      2026-06-30   2026-06-30
    2026-0X-3X                      2026-01-30   2026-09-30
    2026-02-X9                      2026-02-09   2026-02-19
    200X-02-29                      2000-02-29   2008-02-29
    190X-02-29                      1904-02-29   1908-02-29
    2001-33                         2001-01-01   2001-03-31
    2001-36                         2001-10-01   2001-12-31
    2001-37                         2001-01-01   2001-04-30
    2001-39                         2001-09-01   2001-12-31
    2001-40                         2001-01-01   2001-06-30
    2001-41                         2001-07-01   2001-12-31
    200X-41                         2000-07-01   2009-12-31
    2001-34/2001-40                 2001-04-01   2001-06-30
    1950S1                          1000-01-01   1999-12-31
    1950S3                          1950-01-01   1959-12-31
    1950S4                          1950-01-01   1950-12-31
    1950S9                          1950-01-01   1950-12-31
    -1950S2                         -1999-01-01  -1900-12-31
    -000X                           -0009-01-01  -0001-12-31
    Y17E2                           1700-01-01   1700-12-31
    Y0E999999999                    0-01-01      0-12-31
    1984~/2004-06                   1984-01-01   2004-06-30
    ?2004-06-04~                    2004-06-04   2004-06-04
    {..2025-12-31,2026-01-10}       -            2026-01-10
    {..2025-12-31,2026-01-10,2026-02-01..}  -    -
    [2026-01-10]                    2026-01-10   2026-01-10
    [201X,2004-XX]                  2004-01-01   2019-12-31
    ../..                           -            -
    ../                             -            -
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    return [tuple(line.split()) for line in table.split("\n") if line.strip()]  # type: ignore[misc]


def day(text: str) -> edtf.Day | None:
    if text == "-":
        return None
    year, month, number = text.rsplit("-", 2)
    return edtf.Day(int(year), int(month), int(number))


@pytest.mark.parametrize(("text", "first", "last"), rows(SPECIFICATION) + rows(FURTHER))
def test_bounds(text: str, first: str, last: str) -> None:
    assert edtf.span(text) == (day(first), day(last))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1985-04-12T23:20:30", datetime(1985, 4, 12, 23, 20, 30)),
        ("1985-04-12T23:20:30Z", datetime(1985, 4, 12, 23, 20, 30, tzinfo=UTC)),
        (
            "1985-04-12T23:20:30-04",
            datetime(1985, 4, 12, 23, 20, 30, tzinfo=timezone(timedelta(hours=-4))),
        ),
        (
            "1985-04-12T23:20:30+04:30",
            datetime(1985, 4, 12, 23, 20, 30, tzinfo=timezone(timedelta(hours=4, minutes=30))),
        ),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    found = edtf.moment(text)
    assert found == moment
    assert found.tzinfo == moment.tzinfo


@pytest.mark.parametrize("season", range(21, 33))
def test_seasons_have_no_bounds(season: int) -> None:
    with pytest.raises(edtf.OutOfReach, match="names a season"):
        edtf.span(f"2001-{season}")


@pytest.mark.parametrize(
    "text",
    """
    2026-00 2026-00-00 2026-01-00 2026-00-05 2026-13 2026-1X-32 2026-42 2026-20 2026-33-01
    2026-02-30 2026-02-3X 2100-02-29 2101-02-29 XXXX-02-30 2026-04-31 2026-6-1 26-06-01 2026-06-01-01
    / [] {} [..] {..} [2004,] [,2004] [2004 [2004} 2004] [2004..2001] 2005/2004 [2004/2005]
    2004/2005/2006 [[2004]] 1950S0 1950S 195XS2 1950-01S2 Y2004 Y0 Y01234 Y1E Y -0000 Y12345-01
    ??2004 2004?? ~ 2004-?-01 2026-06-١٢ ٢٠٢٦ +2004 2004-06-01T 2004-06-01T10 2004-W01 2004-123
    20040601 2004..2005 2004-06-01T10:00:00/2005 x 2004-xx
    """.split(),  # noqa: SIM905
)
def test_what_is_not_edtf_is_refused(text: str) -> None:
    with pytest.raises(edtf.NotEdtf):
        edtf.span(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-13T24:00:00Z",
        "2025-12-13T23:60:00",
        "2025-02-29T00:00:00",
        "2025-12-13T00:00:00+14:01",
    ],
)
def test_moments_that_do_not_exist(text: str) -> None:
    with pytest.raises(edtf.NotEdtf):
        edtf.moment(text)


@pytest.mark.parametrize(
    "text",
    [
        "Y1E999999999",
        "Y-1E999999999",
        "Y1E999999999/2004",
        "[Y1E999999999,2004]",
        "Y" + "9" * 499,
        "1950S999999999",
        "[" + ",".join(f"XXXX-{month:02}-3{end}" for month in (2,) * 40 for end in "0") + "]",
    ],
)
def test_no_string_takes_long(text: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(edtf.NotEdtf, edtf.OutOfReach):
        edtf.reachable(edtf.span(text))
    assert time.monotonic() - began < 1


_digits = st.text("0123456789X", min_size=1, max_size=4)
_parts = st.sampled_from([*"-/[]{}?~%.XYETZS:+,", "..", "2004", "-06", "-1X", "T10:00:00"])


@settings(max_examples=500)
@given(st.lists(st.one_of(_digits, _parts), max_size=9).map("".join))
@example("2004\n")
@example("{..2025-12-31,2026-01-10}")
def test_any_text_has_ordered_bounds_or_is_refused(text: str) -> None:
    try:
        first, last = edtf.span(text)
    except (edtf.NotEdtf, edtf.OutOfReach):
        return
    assert first is None or last is None or first <= last


@given(st.dates(), st.sets(st.integers(0, 7), max_size=6))
def test_a_day_is_within_the_bounds_of_its_masked_digits(day: date, blanks: set[int]) -> None:
    digits = list(f"{day:%Y%m%d}".rjust(8, "0"))
    for place in blanks:
        digits[place] = "X"
    text = "".join(digits)
    first, last = edtf.span(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    assert first is not None
    assert last is not None
    assert first <= (day.year, day.month, day.day) <= last
