"""Checks that time zones exist, and that at least one bound of the time is written in the zone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.namespaces import TMN
from testimonia.suggestions import nearest
from testimonia.validation.findings import Finding, Severity
from testimonia.validation.property_checks import PropertyCheck
from testimonia.values import value_of

if TYPE_CHECKING:
    from testimonia.validation.checked_statements import Statements

__all__ = ["CHECK", "disagreeing", "relevant"]

CHECK = PropertyCheck("TimeBounds-timeZone", "TimeZone")
"""Reports the findings of this module."""

_OFFSET = re.compile(r"Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00")
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")


@cache
def _names() -> frozenset[str]:
    """Return the names in the IANA database of this machine; without one, no name is checked."""
    return frozenset(available_timezones())


def relevant(data: Statements) -> Iterator[Triple]:
    """Select the statements of data that the check is about, for `disagreeing`."""
    return data.about(data.subjects(TMN.timeZone), (TMN.timeZone, TMN.notBefore, TMN.notAfter))


def disagreeing(data: Iterable[Quad | Triple]) -> Iterator[Finding]:
    """Find time zones that are not in the IANA database, and those in which no bound is written.

    A bound in UTC agrees with every zone, and one bound in the zone suffices: a time may begin in
    Damascus and end in Washington. Shapes check that the value is an offset or a name.

    Parameters
    ----------
    data
        The data, or those statements that are `relevant`.

    Yields
    ------
    Finding
        A violation if there is no such zone, otherwise a warning.
    """
    zones: dict[NamedNode | BlankNode | Triple, list[Literal]] = defaultdict(list)
    moments: dict[NamedNode | BlankNode | Triple, list[Literal]] = defaultdict(list)
    for quad in data:
        if isinstance(quad.object, Literal):
            if quad.predicate == TMN.timeZone:
                zones[quad.subject].append(quad.object)
            elif quad.predicate in (TMN.notBefore, TMN.notAfter):
                moments[quad.subject].append(quad.object)
    for node, found in zones.items():
        if len(found) == 1 and not found[0].language:  # shapes report the rest
            finding = _checked(node, found[0], moments.get(node, ()))
            if finding is not None:
                yield finding


def _checked(
    node: NamedNode | BlankNode | Triple, zone: Literal, moments: Iterable[Literal]
) -> Finding | None:
    name = zone.value
    if not _OFFSET.fullmatch(name):
        if not _NAME.fullmatch(name) or not _names():
            return None
        if name not in _names():
            return _unknown(node, zone)
    written = [at for each in moments if isinstance(at := value_of(each), datetime) and at.tzinfo]
    if not written or any(at.utcoffset() in (timedelta(), _offset(name, at)) for at in written):
        return None
    offsets = sorted({at.isoformat()[-6:] for at in written})
    return CHECK.finding(
        node,
        TMN.timeZone,
        zone,
        f"The time zone is {name}, but the bounds are written in {', '.join(offsets)}.",
        "Write at least one of tmn:notBefore and tmn:notAfter in the zone, or correct tmn:timeZone.",
        Severity.WARNING,
    )


def _offset(name: str, moment: datetime) -> timedelta | None:
    if name == "Z":
        return timedelta()
    if name[0] in "+-":
        size = timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
        return -size if name[0] == "-" else size
    try:
        return moment.astimezone(UTC).astimezone(ZoneInfo(name)).utcoffset()
    except OverflowError:
        return moment.utcoffset()


def _unknown(node: NamedNode | BlankNode | Triple, zone: Literal) -> Finding:
    near = nearest(zone.value, sorted(_names()), most=1, similarity=0.6)
    return CHECK.finding(
        node,
        TMN.timeZone,
        zone,
        f"There is no time zone {zone.value!r} in the IANA time zone database.",
        (f"Did you mean {near[0]}? " if near else "")
        + "Zones are named after one large city each, such as Asia/Damascus for all of Syria; an offset "
        "such as +03:00 is also allowed.",
    )
