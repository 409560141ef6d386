"""How stores rewrite literals: known rewrites, each with a normal form for comparison.

A store may keep the value of a literal but not its lexical form: ``007`` becomes ``7``. Only rewrites
that were measured in a real server are listed (docs/decisions/0011-loading.md). Normalisation never
makes literals of different value equal, except that Oxigraph does not keep derived datatypes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.namespaces import PREFIXES

__all__ = ["REWRITES", "Rewrite", "normal_literal", "normal_quad"]

_XSD: Final = PREFIXES["xsd"]
_INTEGERS: Final = frozenset(
    _XSD + name
    for name in [
        "integer",
        "long",
        "int",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
        "nonPositiveInteger",
        "negativeInteger",
    ]
)
_INTEGER_FORM = re.compile(r"\s*([+-]?)0*([0-9]+)\s*")
_DECIMAL_FORM = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE_FORM = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ZONED_FORM = re.compile(r"(.*?:[0-9]{2})(?:(\.[0-9]*?)0*)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_ZERO_ZONE = re.compile(r"[+-]00:00$")
_BOOLEANS = {"1": "true", "0": "false"}
_LONGEST_NUMBER = 400  # digits; longer ones are compared as written


@dataclass(frozen=True)
class Rewrite:
    """A known rewrite of literals.

    Attributes
    ----------
    name
        What is rewritten, such as ``integers``.
    description
        How, as a sentence without a full stop.
    normal
        Gives the normal form of a literal: the same for all literals that a store may confuse.
    """

    name: str
    description: str
    normal: Callable[[Literal], Literal]


def normal_literal(literal: Literal, rewrites: Iterable[Rewrite]) -> Literal:
    """Give the normal form of a literal under some rewrites.

    Parameters
    ----------
    literal
        Any literal.
    rewrites
        The known rewrites of its store.

    Examples
    --------
    >>> seven = Literal("007", datatype=NamedNode(_XSD + "integer"))
    >>> normal_literal(seven, [REWRITES["integers"]]).value
    '7'
    """
    for rewrite in rewrites:
        literal = rewrite.normal(literal)
    return literal


def normal_quad(quad: Quad, rewrites: Iterable[Rewrite]) -> Quad:
    """Give a quad with its object in normal form."""
    if not isinstance(quad.object, Literal):
        return quad
    found = normal_literal(quad.object, rewrites)
    if found == quad.object:
        return quad
    return Quad(quad.subject, quad.predicate, found, quad.graph_name)


def _typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(datatype))


def _integer(literal: Literal) -> Literal:
    kind = literal.datatype.value
    if kind not in _INTEGERS or not (found := _INTEGER_FORM.fullmatch(literal.value)):
        return literal
    sign, digits = found.groups()
    return _typed(("-" if sign == "-" and digits != "0" else "") + digits, kind)


def _widened(literal: Literal) -> Literal:
    kind = literal.datatype.value
    if kind in _INTEGERS and _INTEGER_FORM.fullmatch(literal.value):
        return _typed(literal.value, _XSD + "integer")
    if kind == _XSD + "dateTimeStamp":
        return _typed(literal.value, _XSD + "dateTime")
    return literal


def _decimal(literal: Literal) -> Literal:
    kind = literal.datatype.value
    if kind != _XSD + "decimal" or not _DECIMAL_FORM.fullmatch(literal.value):
        return literal
    if len(literal.value) > _LONGEST_NUMBER:
        return literal
    digits = f"{Decimal(literal.value):f}"
    whole = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return _typed("0" if whole in ("-0", "") else whole, kind)


def _double(literal: Literal) -> Literal:
    kind = literal.datatype.value
    if kind not in (_XSD + "double", _XSD + "float") or not _DOUBLE_FORM.fullmatch(literal.value):
        return literal
    value = float(literal.value)
    if kind == _XSD + "float":
        value = _single(value)
    written = repr(value)
    return _typed({"inf": "INF", "-inf": "-INF"}.get(written, written), kind)


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _boolean(literal: Literal) -> Literal:
    if literal.datatype.value != _XSD + "boolean":
        return literal
    return _typed(_BOOLEANS.get(literal.value, literal.value), literal.datatype.value)


def _moment(literal: Literal) -> Literal:
    kind = literal.datatype.value
    if kind == _XSD + "date":
        return _typed(_ZERO_ZONE.sub("Z", literal.value), kind)
    if kind not in (_XSD + "dateTime", _XSD + "dateTimeStamp", _XSD + "time"):
        return literal
    found = _ZONED_FORM.fullmatch(literal.value)
    if found is None:
        return literal
    clock, fraction, zone = found.groups()
    part = "" if fraction in (None, ".") else fraction
    return _typed(clock + part + _ZERO_ZONE.sub("Z", zone or ""), kind)


REWRITES: Final[dict[str, Rewrite]] = {
    rewrite.name: rewrite
    for rewrite in (
        Rewrite("integers", "whole numbers lose leading zeros, a plus sign and spaces", _integer),
        Rewrite("decimals", "decimals lose or gain zeros at either end", _decimal),
        Rewrite(
            "doubles", "xsd:double and xsd:float change their notation, not their value", _double
        ),
        Rewrite("booleans", "1 becomes true and 0 becomes false", _boolean),
        Rewrite("moments", "+00:00 becomes Z, fractions of a second lose zeros", _moment),
        Rewrite(
            "datatypes",
            "types derived from xsd:integer become xsd:integer, xsd:dateTimeStamp becomes xsd:dateTime",
            _widened,
        ),
    )
}
"""All known rewrites by name."""
