"""Node kind, lexical form, language and datatype of terms, as Polars expressions.

The functions take an expression over a column of canonical N-Triples texts.

Source: RDF 1.1 Concepts, sections 3.3 and 5; XML Schema 1.1 part 2, for the lexical spaces.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.names import RDF, XSD

__all__ = [
    "datatype",
    "has_datatype",
    "have_values",
    "is_blank",
    "is_iri",
    "is_literal",
    "is_no_subject",
    "language",
    "lexical_form",
    "well_formed",
]

_ESCAPES: Final = {
    "\\\\": "\\",
    '\\"': '"',
    "\\n": "\n",
    "\\r": "\r",
    "\\t": "\t",
    "\\b": "\b",
    "\\f": "\f",
}


def is_iri(text: pl.Expr) -> pl.Expr:
    """Return whether a term is an IRI."""
    return text.str.starts_with("<") & ~text.str.starts_with("<<")


def is_blank(text: pl.Expr) -> pl.Expr:
    """Return whether a term is a blank node."""
    return text.str.starts_with("_:")


def is_literal(text: pl.Expr) -> pl.Expr:
    """Return whether a term is a literal."""
    return text.str.starts_with('"')


def is_no_subject(text: pl.Expr) -> pl.Expr:
    """Return whether a term can only be an object: a literal or triple term (RDF 1.2 Concepts, 3.1)."""
    return is_literal(text) | text.str.starts_with("<<")


def lexical_form(text: pl.Expr) -> pl.Expr:
    """Return what ``STR`` returns in SPARQL: an IRI or the lexical form of a literal; else null."""
    inner = text.str.extract(r'(?s)^"(.*)"')
    # \uXXXX is only used for control characters, which are rare: these are replaced one by one.
    plain = inner.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    unescaped = (
        pl.when(inner.str.contains(r"\u", literal=True))
        .then(inner.map_elements(_unescape, return_dtype=pl.String))
        .when(inner.str.contains("\\", literal=True))
        .then(plain)
        .otherwise(inner)
    )
    return (
        pl.when(is_literal(text))
        .then(unescaped)
        .when(is_iri(text))
        .then(text.str.slice(1, text.str.len_chars() - 2))
    )


def _unescape(text: str) -> str:
    return re.sub(
        r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)",
        lambda found: (
            chr(int(found[1][1:], 16)) if len(found[1]) > 1 else _ESCAPES["\\" + found[1]]
        ),
        text,
    )


def language(text: pl.Expr) -> pl.Expr:
    """Return the language tag of a literal in lower case, or null."""
    return text.str.extract(r'"@([A-Za-z0-9\-]+)$').str.to_lowercase()


def datatype(text: pl.Expr) -> pl.Expr:
    """Return the IRI of the datatype of a literal, or null if the term is not a literal."""
    named = text.str.extract(r'"\^\^<([^<>"]*)>$')
    tagged = text.str.contains(r'"@[A-Za-z0-9\-]+$')
    implied = pl.when(tagged).then(pl.lit(RDF + "langString")).otherwise(pl.lit(XSD + "string"))
    return pl.when(is_literal(text)).then(named.fill_null(implied))


def has_datatype(text: pl.Expr, iri: NamedNode) -> pl.Expr:
    """Return whether a term is a well-formed literal of a datatype, as ``sh:datatype`` requires.

    The standard requires the lexical form to be checked "for the datatypes supported by SPARQL
    1.1". The other XML Schema datatypes that RDF 1.1 recommends are checked too, as in pySHACL and
    Jena.
    """
    if iri.value == XSD + "string":
        return is_literal(text) & text.str.ends_with('"')
    if iri.value == RDF + "langString":
        return is_literal(text) & text.str.contains(r'"@[A-Za-z0-9\-]+$')
    typed = is_literal(text) & text.str.ends_with(f'"^^{iri}')
    if iri.value not in _LEXICAL:
        return typed
    return typed & well_formed(lexical_form(text), iri)


def well_formed(lexical: pl.Expr, iri: NamedNode) -> pl.Expr:
    """Return whether a lexical form is valid for a datatype; for an unknown datatype, all are."""
    pattern = _LEXICAL.get(iri.value)
    if pattern is None:
        return pl.lit(True)
    fits = lexical.str.contains(f"^(?:{pattern})$")
    if iri.value in _RANGES:
        return fits & _in_range(lexical, *_RANGES[iri.value])
    if iri.value in _WITH_DATE:
        return fits & _day_exists(lexical)
    return fits


def have_values(texts: pl.Series) -> pl.Series:
    """Return whether each term is a literal with a value: well formed, or of an unknown datatype."""
    text = pl.col("text")
    different = pl.DataFrame({"text": texts.unique()}).filter(is_literal(text))
    parts = different.with_columns(datatype=datatype(text)).partition_by("datatype", as_dict=True)
    judged = [
        part.select("text", formed=well_formed(lexical_form(text), NamedNode(str(kind))))
        for (kind,), part in parts.items()
    ]
    known = pl.concat([pl.DataFrame(schema={"text": pl.String, "formed": pl.Boolean}), *judged])
    return (
        pl.DataFrame({"text": texts})
        .join(known, on="text", how="left", maintain_order="left")["formed"]
        .fill_null(False)
    )


def _in_range(lexical: pl.Expr, low: int | None, high: int | None) -> pl.Expr:
    """Compare integers of any length with bounds; beyond 30 digits, only the sign matters."""
    negative = lexical.str.starts_with("-")
    digits = lexical.str.strip_chars_start("+-").str.strip_chars_start("0")
    short = digits.str.len_bytes() <= 30
    size = pl.when(short).then(digits.replace("", "0")).cast(pl.Int128, strict=False)
    value = pl.when(negative).then(size * -1).otherwise(size)
    above = pl.lit(True) if low is None else pl.when(short).then(value >= low).otherwise(~negative)
    below = pl.lit(True) if high is None else pl.when(short).then(value <= high).otherwise(negative)
    return above & below


def _day_exists(lexical: pl.Expr) -> pl.Expr:
    parts = lexical.str.extract_groups(r"^-?([0-9]+)-([0-9]{2})-([0-9]{2})")
    year = parts.struct[0].str.slice(-4).cast(pl.Int32, strict=False)
    month, day = (parts.struct[index].cast(pl.Int32, strict=False) for index in (1, 2))
    # The last four digits suffice, since 400 divides 10,000. Year 0000 is a leap year in XML Schema 1.1.
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = (
        pl.when(month == 2)
        .then(28 + leap.cast(pl.Int32))
        .when(month.is_in([4, 6, 9, 11]))
        .then(30)
        .otherwise(31)
    )
    return day <= last


_INTEGER = r"[+\-]?[0-9]+"
_DECIMAL = r"[+\-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DOUBLE = rf"{_DECIMAL}(?:[eE][+\-]?[0-9]+)?|[+\-]?INF|NaN"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+\-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_YEARS = r"(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)"
_SECONDS = r"[0-9]+(?:\.[0-9]+)?S"
_TIMES = rf"T(?:[0-9]+H(?:[0-9]+M)?(?:{_SECONDS})?|[0-9]+M(?:{_SECONDS})?|{_SECONDS})"

_BASE64 = (
    r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){3}[A-Za-z0-9+/]"
    r"|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?"
)

_LEXICAL: Final = {
    XSD + name: pattern
    for name, pattern in {
        "boolean": "true|false|0|1",
        "decimal": _DECIMAL,
        "double": _DOUBLE,
        "float": _DOUBLE,
        "integer": _INTEGER,
        "nonNegativeInteger": _INTEGER,
        "positiveInteger": _INTEGER,
        "nonPositiveInteger": _INTEGER,
        "negativeInteger": _INTEGER,
        "long": _INTEGER,
        "int": _INTEGER,
        "short": _INTEGER,
        "byte": _INTEGER,
        "unsignedLong": _INTEGER,
        "unsignedInt": _INTEGER,
        "unsignedShort": _INTEGER,
        "unsignedByte": _INTEGER,
        "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}?",
        "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
        "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
        "time": rf"{_CLOCK}{_ZONE}?",
        "gYear": rf"{_YEAR}{_ZONE}?",
        "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}?",
        "gMonth": rf"--{_MONTH}{_ZONE}?",
        "gDay": rf"---{_DAY}{_ZONE}?",
        "gMonthDay": (
            rf"--(?:(?:0[13578]|1[02])-{_DAY}|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
            rf"|02-(?:0[1-9]|[12][0-9])){_ZONE}?"
        ),
        "duration": rf"-?P(?:(?:{_YEARS}(?:[0-9]+D)?|[0-9]+D)(?:{_TIMES})?|{_TIMES})",
        "yearMonthDuration": rf"-?P{_YEARS}",
        "dayTimeDuration": rf"-?P(?:[0-9]+D(?:{_TIMES})?|{_TIMES})",
        "hexBinary": r"(?:[0-9A-Fa-f]{2})*",
        "base64Binary": _BASE64,
    }.items()
}

_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    XSD + name: bounds
    for name, bounds in {
        "nonNegativeInteger": (0, None),
        "positiveInteger": (1, None),
        "nonPositiveInteger": (None, 0),
        "negativeInteger": (None, -1),
        "long": (-(2**63), 2**63 - 1),
        "int": (-(2**31), 2**31 - 1),
        "short": (-(2**15), 2**15 - 1),
        "byte": (-(2**7), 2**7 - 1),
        "unsignedLong": (0, 2**64 - 1),
        "unsignedInt": (0, 2**32 - 1),
        "unsignedShort": (0, 2**16 - 1),
        "unsignedByte": (0, 2**8 - 1),
    }.items()
}

_WITH_DATE: Final = frozenset(XSD + name for name in ("date", "dateTime", "dateTimeStamp"))
