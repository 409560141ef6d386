"""Times whose EDTF string says something else than their bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timezone

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia import dates
from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES, TMN
from testimonia.validation.findings import Finding, Severity, Term
from testimonia.validation.paths import Path
from testimonia.values import value_of

__all__ = ["DISAGREEING", "disagreeing"]

DISAGREEING = PREFIXES["tmsh"] + "EdtfAgreementConstraintComponent"
_SHAPE = PREFIXES["tmsh"] + "TimeBounds-edtf"


def disagreeing(data: Iterable[Quad]) -> Iterator[Finding]:
    """Find the times whose ``tmn:edtf`` reaches beyond ``tmn:notBefore`` or ``tmn:notAfter``.

    Days are compared, each as the offset of its bound has it: bounds may be finer than EDTF can
    say. An open end of the EDTF string agrees with any bound. Times that lack a bound or have
    several, and strings that `testimonia.dates.bounds` does not take, are passed over.

    Parameters
    ----------
    data
        The data, as parsed.

    Yields
    ------
    Finding
        A warning, without label and place.
    """
    wanted = (TMN.edtf, TMN.notBefore, TMN.notAfter)
    values: dict[NamedNode | BlankNode | Triple, dict[NamedNode, list[Literal]]] = defaultdict(dict)
    for quad in data:
        if quad.predicate in wanted and isinstance(quad.object, Literal):
            values[quad.subject].setdefault(quad.predicate, []).append(quad.object)
    for node, properties in values.items():
        first, last = (_moment(properties.get(end, [])) for end in wanted[1:])
        if first is None or last is None:
            continue
        for edtf in properties.get(TMN.edtf, []):
            days = _days(edtf.value, first, last)
            if any(outside for _, outside in days):
                yield _finding(node, edtf, [day for day, _ in days], (first, last))


def _moment(found: list[Literal]) -> datetime | None:
    value = value_of(found[0]) if len(set(found)) == 1 else None
    return value if isinstance(value, datetime) and value.tzinfo else None


def _days(edtf: str, first: datetime, last: datetime) -> list[tuple[date | None, bool]]:
    """Give the first and the last day of an EDTF string, each with whether it is out of bounds."""
    try:
        begins = _day(dates.bounds(edtf, _offset(first)).not_before, first)
        ends = _day(dates.bounds(edtf, _offset(last)).not_after, last)
    except (InputError, OverflowError):
        return []
    return [
        (begins, begins is not None and not first.date() <= begins <= last.date()),
        (ends, ends is not None and not first.date() <= ends <= last.date()),
    ]


def _day(moment: datetime | None, bound: datetime) -> date | None:
    return moment.astimezone(bound.tzinfo).date() if moment else None


def _offset(moment: datetime) -> timezone:
    offset = moment.utcoffset()
    assert offset is not None  # noqa: S101 - moments without an offset are passed over
    return timezone(offset)


def _finding(
    node: Term, edtf: Literal, days: list[date | None], bounds: tuple[datetime, datetime]
) -> Finding:
    begins, ends = (str(day) if day else "an open end" for day in days)
    first, last = (moment.date() for moment in bounds)
    return Finding(
        severity=Severity.WARNING,
        focus=node,
        shape=_SHAPE,
        component=DISAGREEING,
        message=f"tmn:edtf reaches from {begins} to {ends}, and the bounds from {first} to {last}.",
        path=Path("", property=TMN.edtf.value),
        value=edtf,
        hint="Correct tmn:edtf, or tmn:notBefore and tmn:notAfter.",
    )
