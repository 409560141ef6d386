"""Converts RDF terms to Python values."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.namespaces import PREFIXES

__all__ = ["IRI", "Term", "Value", "value_of"]

Term = NamedNode | BlankNode | Literal | Triple


class IRI(str):
    """An IRI among the values of a row."""

    __slots__ = ()


Value = IRI | str | int | Decimal | float | bool | datetime

_XSD = PREFIXES["xsd"]
# Lexical forms of XML Schema 1.1 Part 2; Python's own readers take more than these.
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(rf"{_DECIMAL.pattern}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGERS = (
    "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte"
)


def value_of(term: Term | None) -> Value | None:
    """Convert an RDF term to a Python value.

    Parameters
    ----------
    term
        The term; None where a variable is unbound.

    Returns
    -------
    IRI, str, int, Decimal, float, bool, datetime or None
        According to the XML Schema datatype. A dateTime has a time zone if the literal has one. Literals
        that are ill-typed or have another datatype give their lexical form.

    Examples
    --------
    >>> value_of(Literal("3", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    3
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return IRI(term.value)
    if not isinstance(term, Literal):
        return str(term)
    form, read = _READERS.get(term.datatype.value, (None, str))
    if form is None or not form.fullmatch(term.value):
        return term.value
    try:
        return read(term.value)
    except ValueError:  # a day or an hour that does not exist; more digits than Python reads
        return term.value


_READERS: Final[dict[str, tuple[re.Pattern[str] | None, Callable[[str], Value]]]] = {
    _XSD + "boolean": (re.compile("true|false|0|1"), _BOOLEANS.__getitem__),
    _XSD + "decimal": (_DECIMAL, Decimal),
    _XSD + "double": (_DOUBLE, float),
    _XSD + "float": (_DOUBLE, float),
    _XSD + "dateTime": (_MOMENT, datetime.fromisoformat),
    _XSD + "dateTimeStamp": (_MOMENT, datetime.fromisoformat),
    **{_XSD + name: (_INTEGER, int) for name in _INTEGERS.split()},
}
