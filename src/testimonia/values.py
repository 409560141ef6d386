"""Turns RDF terms into Python values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

__all__ = ["IRI", "Term", "Value", "value_of"]

Term = NamedNode | BlankNode | Literal | Triple


class IRI(str):
    """An IRI among the values of a row."""

    __slots__ = ()


Value = IRI | str | int | Decimal | float | bool | datetime

_XSD = "http://www.w3.org/2001/XMLSchema#"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_INTEGERS = (
    "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte"
)


def value_of(term: Term | None) -> Value | None:
    """Turn an RDF term into a Python value.

    Parameters
    ----------
    term
        The term; None where a variable is unbound.

    Returns
    -------
    IRI, str, int, Decimal, float, bool, datetime or None
        By the datatypes of XML Schema. A dateTime has a time zone if the literal has one. Literals
        that are ill typed or of other datatypes give their lexical form.

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
    read = _READERS.get(term.datatype.value)
    if read is None:
        return term.value
    try:
        return read(term.value)
    except (ValueError, KeyError, InvalidOperation):
        return term.value


_READERS: Final[dict[str, Callable[[str], Value]]] = {
    _XSD + "boolean": _BOOLEANS.__getitem__,
    _XSD + "decimal": Decimal,
    _XSD + "double": float,
    _XSD + "float": float,
    _XSD + "dateTime": datetime.fromisoformat,
    _XSD + "dateTimeStamp": datetime.fromisoformat,
    **{_XSD + name: int for name in _INTEGERS.split()},
}
