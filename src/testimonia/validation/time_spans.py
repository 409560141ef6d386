"""Times whose EDTF string says something else than their bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timezone

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia import dates
from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES, TMN
from testimonia.shacl.paths import Path
from testimonia.validation.findings import Finding, Severity, Term
from testimonia.values import value_of

__all__ = ["DISAGREEING", "disagreeing"]

DISAGREEING = PREFIXES["tmsh"] + "EdtfAgreementConstraintComponent"
_SHAPE = PREFIXES["tmsh"] + "TimeBounds-edtf"


def disagreeing(data: Iterable[Quad]) -> Iterator[Finding]:
    """Find the times whose ``tmn:edtf`` is none, or reaches beyond their other bounds.

    Days are compared, as the offset of either bound has them: bounds may be finer than EDTF can say.
    An open end of the EDTF string agrees with any bound, and so does a season. Of times that lack one
    of the three, have it several times or end before they begin, only the string is looked at.

    Parameters
    ----------
    data
        The data, as parsed.

    Yields
    ------
    Finding
        Without label and place: a violation where the string is no date, else a warning.
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
    """Tell of a string that is no date in EDTF, or of no year that bounds could have."""
    try:
        dates.bounds(edtf.value, UTC)
    except dates.SeasonNamed:
        return None
    except InputError as fault:
        return _finding(node, edtf, f"{fault.message}.", fault.hint, Severity.VIOLATION)
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
    said = f"from {begins or 'an open end'} to {ends or 'an open end'}"
    return _finding(
        node,
        edtf,
        f"tmn:edtf reaches {said}, and the bounds from {earliest} to {latest}.",
        "Correct tmn:edtf, or tmn:notBefore and tmn:notAfter.",
    )


def _finding(
    node: Term, edtf: Literal, message: str, hint: str, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(
        severity=severity,
        focus=node,
        shape=_SHAPE,
        component=DISAGREEING,
        message=message,
        path=Path("", property=TMN.edtf.value),
        value=edtf,
        hint=hint,
    )


def _day(moment: datetime | None, offset: timezone) -> date | None:
    return moment.astimezone(offset).date() if moment else None
