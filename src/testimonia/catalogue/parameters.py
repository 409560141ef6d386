"""Types of parameters, and the conversion of values to RDF terms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import CODE, PREFIXES, expand

__all__ = ["TYPES", "Bindable", "in_full", "is_bare", "term_for"]

Bindable = str | int | bool | date | datetime | NamedNode
"""Python values that can be bound to a parameter."""

TYPES: Final[dict[str, str]] = {
    "iri": "an IRI, in full or as a CURIE such as event:NAME, or a bare name",
    "code": "a code of the code lists, such as killed",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a date such as 2025-12-13, or a date and time with its offset from UTC",
}
"""What each type accepts, in words."""

_NAMESPACES: Final = {
    "actor": "agent",
    "claim": "claim",
    "claimant": "agent",
    "event": "event",
    "incident": "event",
    "informant": "agent",
    "of_party": "agent",
    "organization": "agent",
    "place": "place",
    "policy": "policy",
}
"""The prefix of bare names, by the name of the parameter."""

_BARE = re.compile(r"[A-Za-z0-9][\w.-]*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_CODE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_XSD: Final = PREFIXES["xsd"]


def term_for(type_: str, value: Bindable) -> NamedNode | Literal:
    """Convert a value to an RDF term.

    Parameters
    ----------
    type_
        One of `TYPES`.
    value
        A Python value of that type, or a string. A date without a time means the beginning of that
        day in UTC.

    Raises
    ------
    ValueError
        The value is not of that type; its message says why.

    Examples
    --------
    >>> str(term_for("code", "killed"))
    '<https://w3id.org/testimonia/code/killed>'
    """
    return _READERS[type_](value)


def in_full(parameter: str, value: Bindable) -> Bindable:
    """Write a bare name as a CURIE, if the name of the parameter implies a prefix.

    Parameters
    ----------
    parameter
        The name of a parameter of type iri.
    value
        Its value; anything but a bare name is returned as it is.

    Examples
    --------
    >>> in_full("policy", "official-only")
    'policy:official-only'
    """
    prefix = _NAMESPACES.get(parameter)
    if prefix is None or isinstance(value, NamedNode) or not isinstance(value, str):
        return value
    return f"{prefix}:{value}" if is_bare(value) else value


def is_bare(text: str) -> bool:
    """Check whether a text is a bare name, neither an IRI nor a CURIE."""
    return _BARE.fullmatch(text) is not None


def _iri(value: Bindable) -> NamedNode:
    if isinstance(value, NamedNode):
        return value
    text = _text(value)
    return NamedNode(expand(text) or text)


def _code(value: Bindable) -> NamedNode:
    text = value.value if isinstance(value, NamedNode) else _text(value)
    name = text.removeprefix(CODE).removeprefix("tmc:")
    if not _CODE_NAME.fullmatch(name):
        raise ValueError("A code consists of letters, digits and hyphens")
    return NamedNode(CODE + name)


def _string(value: Bindable) -> Literal:
    return Literal(_text(value))


def _integer(value: Bindable) -> Literal:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"This is of type {type(value).__name__}")
    if not _INTEGER.fullmatch(str(value)):
        raise ValueError("Write it with at most 18 digits")
    return Literal(str(int(value)), datatype=NamedNode(_XSD + "integer"))


def _boolean(value: Bindable) -> Literal:
    written = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else value
    if written not in ("true", "false"):
        raise ValueError("Write true or false")
    return Literal(str(written), datatype=NamedNode(_XSD + "boolean"))


def _date(value: Bindable) -> Literal:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(value, str) and len(value) == len("2025-12-13"):
        moment = date.fromisoformat(value)
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("A time needs its offset from UTC, such as +03:00 or Z")
    try:
        written = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise ValueError("That year cannot be written") from None
    # Not dateTimeStamp: Oxigraph rewrites it as dateTime, and rdflib cannot compare it.
    return Literal(written, datatype=NamedNode(_XSD + "dateTime"))


def _text(value: Bindable) -> str:
    if not isinstance(value, str):
        raise ValueError(f"This is of type {type(value).__name__}")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("It contains half a character (a lone surrogate)")
    return value


_READERS: Final[dict[str, Callable[[Bindable], NamedNode | Literal]]] = {
    "iri": _iri,
    "code": _code,
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
}
