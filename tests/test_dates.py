"""EDTF strings and weekdays become the bounds that a person would give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia import dates, edtf
from testimonia.dates import bounds, resolve_weekday
from testimonia.errors import InputError

SYRIA = timezone(timedelta(hours=3))


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@pytest.mark.parametrize(
    ("edtf", "not_before", "not_after"),
    [
        ("2025-12-13", "2025-12-13T00:00:00+03:00", "2025-12-13T23:59:59+03:00"),
        ("2024-02", "2024-02-01T00:00:00+03:00", "2024-02-29T23:59:59+03:00"),
        ("2025~", "2025-01-01T00:00:00+03:00", "2025-12-31T23:59:59+03:00"),
        ("2025-12-XX", "2025-12-01T00:00:00+03:00", "2025-12-31T23:59:59+03:00"),
        ("2025-12-13T14:00:00", "2025-12-13T14:00:00+03:00", "2025-12-13T14:00:00+03:00"),
        ("2025-12-13T14:00:00Z", "2025-12-13T14:00:00+00:00", "2025-12-13T14:00:00+00:00"),
        ("2025-12-13/2025-12-20", "2025-12-13T00:00:00+03:00", "2025-12-20T23:59:59+03:00"),
        ("2025-12-13/..", "2025-12-13T00:00:00+03:00", None),
        ("2025-12-13/", "2025-12-13T00:00:00+03:00", None),
        ("../2025", None, "2025-12-31T23:59:59+03:00"),
        ("[..2025-02-13]", None, "2025-02-13T23:59:59+03:00"),
        ("[2025-12-13..2025-12-20]", "2025-12-13T00:00:00+03:00", "2025-12-20T23:59:59+03:00"),
    ],
)
def test_bounds(edtf: str, not_before: str | None, not_after: str | None) -> None:
    found = bounds(edtf, SYRIA)
    assert (iso(found.not_before), iso(found.not_after)) == (not_before, not_after)


@pytest.mark.parametrize(
    ("edtf", "message"),
    [
        ("last Sunday", "is not a date in EDTF"),
        ("2025-02-30", "is not a date in EDTF"),
        ("2025-12-13T24:00:00Z", "is not a date in EDTF"),
        ("", "is not a date in EDTF"),
        ("2025-21", "names a season"),
        ("Y-17000", "outside the years 1 to 9999"),
        ("2025-12-20/2025-12-13", "ends before it begins"),
        ("2003-02-29", "2003 is not a leap year: it has no 29 February"),
        ("2003-02-30", "February has at most 29 days"),
        ("2003-04-31", "April has 30 days"),
        ("2026-00", "there is no month 00; an unknown month is written XX"),
        ("2026-01-00", "there is no day 00"),
        ("2026-13", "there is no month 13"),
        ("Y1E999999999", "outside the years 1 to 9999"),
        ("Y99999999999", "outside the years 1 to 9999"),
        ("2025-12-13T14:00:00+15:00", "is not an offset from UTC"),
        ("1" * 600, "too long to be EDTF"),
    ],
)
def test_what_has_no_bounds_is_refused(edtf: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        bounds(edtf, SYRIA)


@given(st.text(alphabet="0123456789-/.[]{}~?%XYETZ:+,\n\0\ud800 ", max_size=24))
def test_any_text_has_bounds_or_is_refused(text: str) -> None:
    try:
        found = bounds(text, SYRIA)
    except InputError:
        return
    assert found.not_before is None or found.not_before.tzinfo is not None


@pytest.mark.parametrize(
    ("direction", "sunday", "tuesday"),
    [
        ("before", date(2025, 12, 7), date(2025, 12, 9)),
        ("on or before", date(2025, 12, 14), date(2025, 12, 9)),
        ("on or after", date(2025, 12, 14), date(2025, 12, 16)),
        ("after", date(2025, 12, 21), date(2025, 12, 16)),
    ],
)
def test_weekday_from_a_sunday(direction, sunday: date, tuesday: date) -> None:
    anchor = date(2025, 12, 14)
    assert resolve_weekday("Sunday", anchor, direction).day == sunday
    assert resolve_weekday("tuesday", anchor, direction).day == tuesday


def test_weekday_says_how() -> None:
    found = resolve_weekday("Saturday", date(2025, 12, 14), "on or before")
    assert found.how == (
        "Saturday is taken as 2025-12-13, the last Saturday on or before 2025-12-14"
    )


def test_no_weekday() -> None:
    with pytest.raises(InputError, match="'Someday' is not a weekday"):
        resolve_weekday("Someday", date(2025, 12, 14), "before")


@given(st.dates(), st.dates())
def test_a_set_between_two_days_is_bounded_as_the_grammar_bounds_it(one: date, other: date) -> None:
    first, last = sorted((one, other))
    text = f"[{first}..{last}]"
    assert edtf.span(text) == (edtf.Day(*first.timetuple()[:3]), edtf.Day(*last.timetuple()[:3]))
    found = dates.bounds(text, UTC)
    assert (found.not_before, found.not_after) == (
        datetime.combine(first, datetime.min.time(), UTC),
        datetime.combine(last, datetime.max.time().replace(microsecond=0), UTC),
    )


@given(st.dates(), st.sampled_from(["%04d", "%04d-%02d", "%04d-%02d-%02d"]))
def test_plain_dates_are_bounded_as_the_grammar_bounds_them(day: date, form: str) -> None:
    text = form % (day.year, day.month, day.day)[: form.count("%")]
    begins, ends = edtf.span(text)
    found = dates.bounds(text, UTC)
    assert begins is not None
    assert ends is not None
    assert found.not_before == datetime.combine(date(*begins), datetime.min.time(), UTC)
    assert found.not_after is not None
    assert found.not_after.date() == date(*ends)


@pytest.mark.parametrize(
    ("edtf", "doubt"),
    [
        ("0016-03", "before 1800"),
        ("2999", "in the future"),
        ("1799-12-31/1800-01-01", None),
        ("2027-12-31", None),
        ("../..", None),
        ("2028-01-01/..", "in the future"),
    ],
)
def test_implausible_years(edtf: str, doubt: str | None) -> None:
    said = dates.unlikely(bounds(edtf, UTC), date(2026, 6, 1))
    assert said is None if doubt is None else doubt in (said or "")
