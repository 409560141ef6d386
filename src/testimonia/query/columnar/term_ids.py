"""How RDF terms are integers: a kind and a payload, so that terms are equal exactly where their ids are.

Bits 56 to 62 hold the kind, the lower 56 bits the payload. Integers, booleans and dates in canonical form are
their own ids ("inline"); every other term is numbered in the dictionary of its kind.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from testimonia.namespaces import PREFIXES

__all__ = [
    "ADDRESS",
    "BLANK",
    "BOOLEAN",
    "COUNT",
    "DATE",
    "DATETIME",
    "INTEGER",
    "INTEGER_ZERO",
    "IRI",
    "LARGEST_INTEGER",
    "NUMERIC",
    "NUMERIC_TYPES",
    "OTHER",
    "PAYLOAD_BITS",
    "STRING",
    "TAGGED",
    "inline_id",
    "inline_term",
    "kind_of_id",
    "kind_of_term",
    "make_id",
    "payload_of",
]

PAYLOAD_BITS: Final = 56
IRI: Final = 1
BLANK: Final = 2
STRING: Final = 3
"""A literal of datatype xsd:string."""
TAGGED: Final = 4
"""A literal with a language tag."""
INTEGER: Final = 5
"""An xsd:integer in canonical form and of magnitude up to `LARGEST_INTEGER`; inline."""
BOOLEAN: Final = 6
"""The literals "true" and "false" of datatype xsd:boolean; inline."""
DATE: Final = 7
"""An xsd:date in canonical form, of the years 0001 to 9999 and without time zone; inline."""
NUMERIC: Final = 8
"""Any other valid literal of a numeric datatype."""
DATETIME: Final = 9
"""A valid xsd:dateTime or xsd:dateTimeStamp, or an xsd:date that is not inline."""
OTHER: Final = 10
"""Every other literal, ill-typed ones too."""
COUNT: Final = 11
"""An xsd:nonNegativeInteger in canonical form, up to `LARGEST_INTEGER`; inline, with the payload of an integer."""

INTEGER_ZERO: Final = 1 << 55
"""The payload of the integer 0."""
LARGEST_INTEGER: Final = (1 << 54) - 1

ADDRESS: Final = r"^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*$"
"""An IRI that is written into a dictionary as it is."""

_XSD: Final = PREFIXES["xsd"]
_INTEGER_NAMES: Final = """
    integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger
    negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte
"""
_INTEGERS: Final = frozenset(_XSD + name for name in _INTEGER_NAMES.split())
NUMERIC_TYPES: Final = _INTEGERS | {_XSD + "decimal", _XSD + "double", _XSD + "float"}
"""The datatypes whose values are numbers (SPARQL 1.1 Query, section 17.1)."""

_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,16}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER_FORM = re.compile(r"[+-]?[0-9]+")
_DECIMAL_FORM = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE_FORM = re.compile(rf"(?:{_DECIMAL_FORM.pattern})(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?(?:[1-9][0-9]{4,}|[0-9]{4})"
_DATETIME_FORM = re.compile(
    rf"{_YEAR}-(\d\d)-(\d\d)T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?){_ZONE}",
    re.ASCII,
)
_DATE_FORM = re.compile(rf"{_YEAR}-(\d\d)-(\d\d){_ZONE}", re.ASCII)
_FORMS: Final = {
    **dict.fromkeys(_INTEGERS, _INTEGER_FORM),
    _XSD + "decimal": _DECIMAL_FORM,
    _XSD + "double": _DOUBLE_FORM,
    _XSD + "float": _DOUBLE_FORM,
}
_TIME_FORMS: Final = {
    _XSD + "dateTime": _DATETIME_FORM,
    _XSD + "dateTimeStamp": re.compile(
        rf"(?=.*(?:Z|[+-]\d\d:\d\d)$){_DATETIME_FORM.pattern}", re.ASCII
    ),
    _XSD + "date": _DATE_FORM,
}
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def make_id(kind: int, payload: int) -> int:
    """Put a kind and a payload together.

    Parameters
    ----------
    kind
        One of the kinds of this module.
    payload
        The number of the term in the dictionary of its kind, from 1; or an inline value.

    Examples
    --------
    >>> make_id(IRI, 1)
    72057594037927937
    """
    return kind << PAYLOAD_BITS | payload


def kind_of_id(number: int) -> int:
    """Give the kind of an id."""
    return number >> PAYLOAD_BITS


def payload_of(number: int) -> int:
    """Give the payload of an id."""
    return number & ((1 << PAYLOAD_BITS) - 1)


def inline_id(lexical: str, datatype: str) -> int | None:
    """Give the id of a literal that is its own id.

    Parameters
    ----------
    lexical
        The lexical form.
    datatype
        The IRI of the datatype.

    Returns
    -------
    int or None
        None where the literal belongs in a dictionary.

    Examples
    --------
    >>> inline_id("true", "http://www.w3.org/2001/XMLSchema#boolean") == make_id(BOOLEAN, 1)
    True
    >>> inline_id("01", "http://www.w3.org/2001/XMLSchema#integer") is None
    True
    """
    if datatype == _XSD + "integer":
        if _CANONICAL.fullmatch(lexical) and abs(int(lexical)) <= LARGEST_INTEGER:
            return make_id(INTEGER, int(lexical) + INTEGER_ZERO)
    elif datatype == _XSD + "nonNegativeInteger":
        if _CANONICAL.fullmatch(lexical) and 0 <= int(lexical) <= LARGEST_INTEGER:
            return make_id(COUNT, int(lexical) + INTEGER_ZERO)
    elif datatype == _XSD + "boolean":
        if lexical in ("true", "false"):
            return make_id(BOOLEAN, lexical == "true")
    elif datatype == _XSD + "date" and _DAY.fullmatch(lexical) and lexical.isascii():
        try:
            return make_id(DATE, date.fromisoformat(lexical).toordinal() - 1)
        except ValueError:
            return None
    return None


def inline_term(number: int) -> Literal | None:
    """Give the literal that an inline id is.

    Parameters
    ----------
    number
        An id.

    Returns
    -------
    Literal or None
        None where it is in a dictionary.
    """
    kind, payload = kind_of_id(number), payload_of(number)
    if kind == INTEGER:
        return Literal(str(payload - INTEGER_ZERO), datatype=NamedNode(_XSD + "integer"))
    if kind == COUNT:
        name = NamedNode(_XSD + "nonNegativeInteger")
        return Literal(str(payload - INTEGER_ZERO), datatype=name)
    if kind == BOOLEAN:
        return Literal("true" if payload else "false", datatype=NamedNode(_XSD + "boolean"))
    if kind == DATE:
        day = date.fromordinal(payload + 1).isoformat()
        return Literal(day, datatype=NamedNode(_XSD + "date"))
    return None


def kind_of_term(term: NamedNode | BlankNode | Literal) -> int:
    """Find the kind of a term.

    Parameters
    ----------
    term
        An RDF 1.1 term.

    Examples
    --------
    >>> kind_of_term(Literal("2026-13-01", datatype=NamedNode(_XSD + "date"))) == OTHER
    True
    """
    if isinstance(term, NamedNode):
        return IRI
    if isinstance(term, BlankNode):
        return BLANK
    if term.language:
        return TAGGED
    return _kind_of_literal(term.value, term.datatype.value)


def _kind_of_literal(lexical: str, datatype: str) -> int:
    if datatype == _XSD + "string":
        return STRING
    number = inline_id(lexical, datatype)
    if number is not None:
        return kind_of_id(number)
    form = _FORMS.get(datatype)
    if form is not None:
        return NUMERIC if form.fullmatch(lexical) else OTHER
    shape = _TIME_FORMS.get(datatype)
    match = shape.fullmatch(lexical) if shape is not None else None
    return DATETIME if match and _is_day(lexical, int(match[1]), int(match[2])) else OTHER


def _is_day(lexical: str, month: int, day: int) -> bool:
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return False
    if (month, day) != (2, 29):
        return True
    year = int(lexical[: lexical.index("-", 1)])
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
