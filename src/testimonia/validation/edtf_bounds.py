"""Checks that the EDTF string of a time agrees with its bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timezone
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia import dates
from testimonia.errors import InputError
from testimonia.namespaces import TMN
from testimonia.shacl.data.dictionary import Term
from testimonia.validation.findings import Finding, Severity
from testimonia.validation.property_checks import PropertyCheck
from testimonia.values import value_of

if TYPE_CHECKING:
    from testimonia.validation.checked_statements import Statements

__all__ = ["CHECK", "disagreeing", "relevant"]

CHECK = PropertyCheck("TimeBounds-edtf", "EdtfAgreement")
"""Reports the findings of this module."""


def relevant(data: Statements) -> Iterator[Triple]:
    """Select the statements of data that the check is about, for `disagreeing`."""
    return data.about(data.subjects(TMN.edtf), (TMN.edtf, TMN.notBefore, TMN.notAfter))


def disagreeing(data: Iterable[Quad | Triple]) -> Iterator[Finding]:
    """Find the times whose ``tmn:edtf`` is not valid EDTF, or extends beyond the bounds.

    Only days are compared, in the offset of either bound, since bounds may be more precise than EDTF.
    An open end of the EDTF string agrees with any bound, and so does a season. If a bound or the
    string is missing or occurs several times, or the bounds are in the wrong order, only the syntax of
    the string is checked.

    Parameters
    ----------
    data
        The data, or those statements that are `relevant`.

    Yields
    ------
    Finding
        A violation if the string is not valid EDTF, otherwise a warning.
    """
    wanted = (TMN.edtf, TMN.notBefore, TMN.notAfter)
    values: dict[NamedNode | BlankNode | Triple, dict[NamedNode, list[Literal]]] = defaultdict(dict)
    for quad in data:
        if quad.predicate in wanted and isinstance(quad.object, Literal):
            values[quad.subject].setdefault(quad.predicate, []).append(quad.object)
    for node, properties in values.items():
        first, last = (_moment(properties.get(end, [])) for end in wanted[1:])
        edtf = properties.get(TMN.edtf, [])
        faulty = [found for each in edtf if (found := _faulty(node, each))]
        yield from faulty
        if faulty or first is None or last is None or first > last or len(edtf) != 1:
            continue
        finding = _compared(node, edtf[0], first, last)
        if finding is not None:
            yield finding


def _faulty(node: Term, edtf: Literal) -> Finding | None:
    """Return a finding if a string is not valid EDTF, or its year is out of range for bounds."""
    try:
        dates.bounds(edtf.value, UTC)
    except dates.SeasonNamed:
        return None
    except InputError as fault:
        return CHECK.finding(node, TMN.edtf, edtf, f"{fault.message}.", fault.hint)
    return None


def _moment(found: list[Literal]) -> datetime | None:
    value = value_of(found[0]) if len(set(found)) == 1 else None
    return value if isinstance(value, datetime) and value.tzinfo else None


def _compared(node: Term, edtf: Literal, first: datetime, last: datetime) -> Finding | None:
    offsets = [timezone(offset) for end in (first, last) if (offset := end.utcoffset()) is not None]
    try:
        earliest = min(first.astimezone(offset).date() for offset in offsets)
        latest = max(last.astimezone(offset).date() for offset in offsets)
        begins = _day(dates.bounds(edtf.value, offsets[0]).not_before, offsets[0])
        ends = _day(dates.bounds(edtf.value, offsets[-1]).not_after, offsets[-1])
    except (InputError, OverflowError):
        return None
    if all(day is None or earliest <= day <= latest for day in (begins, ends)):
        return None
    span = f"from {begins or 'an open start'} to {ends or 'an open end'}"
    return CHECK.finding(
        node,
        TMN.edtf,
        edtf,
        f"tmn:edtf extends {span}, but the bounds extend from {earliest} to {latest}.",
        "Correct tmn:edtf, or tmn:notBefore and tmn:notAfter.",
        Severity.WARNING,
    )


def _day(moment: datetime | None, offset: timezone) -> date | None:
    return moment.astimezone(offset).date() if moment else None
