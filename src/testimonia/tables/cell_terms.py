"""Writes cells as RDF terms, a column at a time: escaped, percent-encoded, wrapped.

Terms are in the syntax of N-Triples (RDF 1.1 N-Triples, section 2). Whatever a cell holds, the result is
one well-formed term.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import polars as pl

from testimonia.namespaces import CODE, PREFIXES
from testimonia.tables.columns import Column, Table

__all__ = [
    "ABSOLUTE",
    "class_of",
    "encoded",
    "iri_of",
    "is_list",
    "language_of",
    "name_of",
    "resource_base",
    "selector_of",
    "terms",
    "values_of",
]

ABSOLUTE: Final = r"^(?:https?://|urn:)"
"""The prefix of cells that hold an absolute IRI."""

_ABSOLUTE: Final = re.compile(ABSOLUTE)

# RFC 3987, section 2.2: iunreserved, sub-delims, ":", "@", "/" and "?"; "%" and "#" separately.
# Spaces are not included, because rdflib accepts no IRI with one; nor are marks of direction (section 4.1).
_UCS: Final = (
    "\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\uffef"
) + "".join(
    f"{chr(plane + first)}-{chr(plane + 0xFFFD)}"
    for plane in range(0x10000, 0xF0000, 0x10000)
    for first in (0x1000 if plane == 0xE0000 else 0,)
)
_PLAIN: Final = r"A-Za-z0-9\-._~!$&'()*+,;=:@/?" + _UCS
_SUSPICIOUS: Final = rf"[^{_PLAIN}%#]|%(?:[^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|.?$)|#.*#"
_NOT_PLAIN: Final = re.compile(rf"[^{_PLAIN}%#]|%(?![0-9A-Fa-f]{{2}})", re.DOTALL)

_CLASS_PREFIXES: Final = ("tmn", "org", "oa", "foaf", "prov", "skos")
_CLASS_NAME: Final = "^[A-Za-z][A-Za-z0-9]*$"

_OfValues = Callable[[pl.Expr], pl.Expr]

_ESCAPED: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_TO_ESCAPE: Final = r'[\\"\n\r]'

_RESOURCE: Final[dict[str, _OfValues]] = {
    "suspicious": lambda value: value.str.contains(_SUSPICIOUS),
    "whole": lambda value: value.str.contains(ABSOLUTE),
    "empty": lambda value: value == "",
}
_WORDS: Final[dict[str, _OfValues]] = {"escape": lambda value: value.str.contains(_TO_ESCAPE)}
_NEEDS: Final[dict[str, dict[str, _OfValues]]] = {
    **dict.fromkeys(("id", "link", "code", "match"), _RESOURCE),
    **dict.fromkeys(("text", "string"), _WORDS),
    "type": {"prefixed": lambda value: value.str.contains(":", literal=True)},
}
"""By kind of column: what its values may need, and the test for it."""

_WIKIDATA: Final = "http://www.wikidata.org/entity/"
_SELECTOR_OF: Final = ("#char=", "#selector=")


def encoded(text: str) -> str:
    """Percent-encode the characters that an IRI must not contain (RFC 3987, section 3.1).

    Parameters
    ----------
    text
        The end of an IRI, or an absolute one.

    Examples
    --------
    >>> encoded("ucdp/Bria <north>#record=1#2")
    'ucdp/Bria%20%3Cnorth%3E#record=1%232'
    """
    path, hash_, fragment = text.partition("#")
    fragment = fragment.replace("#", "%23")
    return _NOT_PLAIN.sub(_percent, path) + hash_ + _NOT_PLAIN.sub(_percent, fragment)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8"))


def iri_of(name: str, base: str) -> str:
    """Return the IRI that a cell stands for.

    Parameters
    ----------
    name
        A name, or an absolute IRI.
    base
        What the IRIs of the column begin with.

    Examples
    --------
    >>> iri_of("Ada Vance", "https://example.org/id/")
    'https://example.org/id/Ada%20Vance'
    """
    return encoded(name) if _ABSOLUTE.match(name) else base + encoded(name)


def language_of(header: str) -> str:
    """Return the language of a ``text`` column by its header: English, or what follows the ``@``."""
    _, _, tag = header.partition("@")
    return tag or "en"


def class_of(iri: pl.Expr) -> pl.Expr:
    """Shorten the IRIs of classes as in cells; null for those that no cell can hold."""
    short = pl.lit(None, pl.String)
    for prefix in _CLASS_PREFIXES:
        local = iri.str.strip_prefix(PREFIXES[prefix])
        named = local if prefix == "tmn" else pl.concat_str([pl.lit(prefix + ":"), local])
        fits = iri.str.starts_with(PREFIXES[prefix]) & local.str.contains(_CLASS_NAME)
        short = pl.when(fits).then(named).otherwise(short)
    return short


def name_of(iri: pl.Expr, base: str) -> pl.Expr:
    """Shorten IRIs as in cells: what follows their base, or the absolute IRI.

    Parameters
    ----------
    iri
        IRIs, without angle brackets.
    base
        What the IRIs of the column begin with.

    Returns
    -------
    Expr
        Null for an IRI that no cell can hold: the cell would be written as another one.
    """
    exact = ~iri.str.contains(_SUSPICIOUS)
    end = iri.str.strip_prefix(base)
    short = iri.str.starts_with(base) & (end != "") & ~end.str.contains(ABSOLUTE)
    return pl.when(exact & short).then(end).when(exact & iri.str.contains(ABSOLUTE)).then(iri)


def resource_base(column: Column, table: Table, target: Table | None) -> str:
    """Return what the IRIs of a column begin with."""
    if column.kind == "code":
        return CODE
    if column.kind == "type":
        return PREFIXES["tmn"]
    if column.kind == "match":
        return _WIKIDATA
    return table.base if target is None else target.base


def terms(frame: pl.DataFrame, columns: dict[str, tuple[Column, str]]) -> pl.DataFrame:
    """Write the cells of a frame as RDF terms.

    Parameters
    ----------
    frame
        A claim table, or some of its rows.
    columns
        By header: the column, and what its IRIs begin with.

    Returns
    -------
    DataFrame
        The same columns and rows, with a term (or a list of terms) for each cell, and null for each
        empty one.
    """
    found = _scan(frame, columns)
    frame = _encode(frame, [name for name in columns if "suspicious" in found.get(name, ())])
    return frame.select(
        _each(
            frame,
            name,
            _term(column, name, base, found.get(name, frozenset())),
        ).alias(name)
        for name, (column, base) in columns.items()
    )


def selector_of(passage: pl.Expr) -> pl.Expr:
    """Return the IRI of the selector of a passage: its own, with ``selector`` for ``char``."""
    return passage.str.replace(*_SELECTOR_OF, literal=True)


def _scan(frame: pl.DataFrame, columns: dict[str, tuple[Column, str]]) -> dict[str, frozenset[str]]:
    """Find the columns that need more than wrapping; most do not."""
    looks = {
        (name, need): test(values_of(frame, name)).any()
        for name, (column, _) in columns.items()
        for need, test in _NEEDS.get(column.kind, {}).items()
    }
    if not looks or frame.is_empty():
        return {}
    answers = frame.select(look.alias(str(n)) for n, look in enumerate(looks.values())).row(0)
    found: dict[str, frozenset[str]] = {}
    for (name, need), answer in zip(looks, answers, strict=True):
        if answer:
            found[name] = found.get(name, frozenset()) | {need}
    return found


def _encode(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    for name in names:
        values = frame[name].explode() if is_list(frame, name) else frame[name]
        odd = values.filter(values.str.contains(_SUSPICIOUS)).unique()
        frame = frame.with_columns(_each(frame, name, _replacing(odd.to_list())))
    return frame


def _replacing(odd: list[str]) -> _OfValues:
    new = [encoded(value) for value in odd]
    return lambda value: value.replace(odd, new)


def _term(column: Column, name: str, base: str, needs: frozenset[str]) -> _OfValues:
    """Choose the expression that writes the values of a column as terms."""
    if column.kind == "type":
        return _class_term if "prefixed" in needs else lambda value: _iri(base, value)
    if column.is_resource:
        return lambda value: _resource_term(value, base, needs)
    if column.kind in ("text", "string"):
        tag = f"@{language_of(name)}" if column.kind == "text" else ""
        escape = "escape" in needs
        return lambda value: _quoted(_escaped(value) if escape else value, tag)
    return lambda value: _quoted(value.cast(pl.String), f"^^<{column.datatype}>")


def _each(frame: pl.DataFrame, name: str, expression: _OfValues) -> pl.Expr:
    """Apply an expression to the cells of a column, or to the elements of its lists."""
    if is_list(frame, name):
        return pl.col(name).list.eval(expression(pl.element()))
    return expression(pl.col(name))


def is_list(frame: pl.DataFrame, name: str) -> bool:
    """Return whether a column is of lists."""
    return isinstance(frame.schema[name], pl.List)


def values_of(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return the cells of a column, or the elements of its lists."""
    return pl.col(name).explode() if is_list(frame, name) else pl.col(name)


def _resource_term(value: pl.Expr, base: str, needs: frozenset[str]) -> pl.Expr:
    named = _iri(base, value)
    if "whole" in needs:
        named = pl.when(value.str.contains(ABSOLUTE)).then(_iri("", value)).otherwise(named)
    return pl.when(value != "").then(named) if "empty" in needs else named


def _iri(base: str, value: pl.Expr) -> pl.Expr:
    return pl.concat_str([pl.lit("<" + base), value, pl.lit(">")])


def _class_term(value: pl.Expr) -> pl.Expr:
    own = _iri(PREFIXES["tmn"], value)
    for prefix in _CLASS_PREFIXES[1:]:
        local = value.str.strip_prefix(prefix + ":")
        other = _iri(PREFIXES[prefix], local)
        own = pl.when(value.str.starts_with(prefix + ":")).then(other).otherwise(own)
    return own


def _escaped(value: pl.Expr) -> pl.Expr:
    return value.str.replace_many(list(_ESCAPED), list(_ESCAPED.values()))


def _quoted(value: pl.Expr, suffix: str) -> pl.Expr:
    return pl.concat_str([pl.lit('"'), value, pl.lit('"' + suffix)])
