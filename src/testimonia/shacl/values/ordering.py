"""The SPARQL operators ``<`` and ``<=`` on columns of terms.

Terms of the usual forms (integers, decimals, booleans, strings, dates, and times in UTC) get a sort
key and are compared by column. Other numbers, dates and times, which may exceed the range or
precision of Oxigraph, are compared exactly, one pair at a time. All other pairs are compared by
Oxigraph in one query, as data. Tests check that the three agree. Ill-typed literals have no value
and therefore no order.

Source: SPARQL 1.1, section 17.3 (operator mapping); SHACL, sections 4.3 and 4.5.
"""

from __future__ import annotations

import polars as pl
from pyoxigraph import QuerySolutions, RdfFormat, Store

from testimonia.shacl.names import XSD
from testimonia.shacl.values.exact_comparison import DAYS, MOMENTS, NUMBERS, compare
from testimonia.shacl.values.literals import datatype, have_values, lexical_form

__all__ = ["compared_by_engine", "holds"]

_WHOLE = [XSD + name for name in ("integer", "nonNegativeInteger", "positiveInteger", "long")]
_EXACT = pl.Decimal(38, 9)
_EXACTLY = {"number": sorted(NUMBERS), "moment": sorted(MOMENTS), "day": sorted(DAYS)}
_LEFT = "urn:x-testimonia:left"
_RIGHT = "urn:x-testimonia:right"
_QUERIES = {
    sign: f"SELECT ?pair WHERE {{ ?pair <{_LEFT}> ?a ; <{_RIGHT}> ?b FILTER(?a {sign} ?b) }}"
    for sign in ("<", "<=")
}


def holds(left: pl.Series, right: pl.Series, sign: str) -> pl.Series:
    """Return for each pair of terms whether ``left sign right`` holds in SPARQL.

    Parameters
    ----------
    left, right
        Canonical N-Triples texts, two columns of the same length.
    sign
        ``<`` or ``<=``.

    Returns
    -------
    polars.Series
        True where it holds; False where it does not or where the terms cannot be compared.
    """
    frame = pl.DataFrame(
        {**_keys(left, "left").to_dict(), **_keys(right, "right").to_dict()}
    ).with_row_index("pair")
    quick = (pl.col("left_family") == pl.col("right_family")).fill_null(False)
    exact, text = (
        _compare(pl.col("left_" + key), pl.col("right_" + key), sign) for key in ("exact", "text")
    )
    frame = frame.with_columns(
        quick=quick,
        holds=pl.when(pl.col("left_family") == "exact").then(exact).otherwise(text),
    )
    slow = frame.filter(~pl.col("quick"))
    if slow.is_empty():
        return frame["holds"]
    judged = slow.select("pair", judged=_compared_slowly(slow["left"], slow["right"], sign))
    return frame.join(judged, on="pair", how="left", maintain_order="left").select(
        pl.coalesce("judged", "holds")
    )["judged"]


def _compare(left: pl.Expr, right: pl.Expr, sign: str) -> pl.Expr:
    return left < right if sign == "<" else left <= right


def _keys(texts: pl.Series, name: str) -> pl.DataFrame:
    text = pl.col(name)
    lexical = pl.col("lexical")
    kind = pl.col("datatype")
    positive = kind.is_in([XSD + "nonNegativeInteger", XSD + "positiveInteger"])
    family = (
        pl.when(
            (kind.is_in(_WHOLE) & lexical.str.contains(r"^-?[0-9]{1,18}$") & ~positive)
            | (positive & lexical.str.contains(r"^[0-9]{0,17}[1-9]$"))
            | ((kind == XSD + "nonNegativeInteger") & lexical.str.contains(r"^[0-9]{1,18}$"))
            | (
                (kind == XSD + "decimal")
                & lexical.str.contains(r"^-?[0-9]{1,18}(?:\.[0-9]{1,9})?$")
            )
        )
        .then(pl.lit("exact"))
        .when(kind == XSD + "string")
        .then(pl.lit("string"))
        .when((kind == XSD + "boolean") & lexical.is_in(["true", "false", "1", "0"]))
        .then(pl.lit("boolean"))
        .when((kind == XSD + "date") & lexical.str.contains(_plain_day("$")))
        .then(pl.lit("date"))
        .when(
            kind.is_in([XSD + "dateTime", XSD + "dateTimeStamp"])
            & lexical.str.contains(_plain_day(_PLAIN_CLOCK + "Z$"))
        )
        .then(pl.lit("dateTime"))
    )
    # The same term may occur many times: its key is computed once.
    different = (
        pl.DataFrame({name: texts})
        .unique()
        .with_columns(lexical=lexical_form(text), datatype=datatype(text))
        .with_columns(family=family)
        .select(
            name,
            pl.col("family").alias(name + "_family"),
            pl.when(pl.col("family") == "exact")
            .then(lexical)
            .cast(_EXACT, strict=False)
            .alias(name + "_exact"),
            pl.when(pl.col("family") == "boolean")
            .then(lexical.replace({"true": "1", "false": "0"}))
            .otherwise(lexical)
            .alias(name + "_text"),
        )
    )
    return pl.DataFrame({name: texts}).join(different, on=name, how="left", maintain_order="left")


def _compared_slowly(left: pl.Series, right: pl.Series, sign: str) -> pl.Series:
    """Compare each distinct pair once: exactly where possible, otherwise in Oxigraph."""
    pairs = pl.DataFrame({"left": left, "right": right})
    different = pairs.unique().with_columns(
        pl.coalesce(
            pl.when(
                datatype(pl.col("left")).is_in(kinds) & datatype(pl.col("right")).is_in(kinds)
            ).then(pl.lit(name))
            for name, kinds in _EXACTLY.items()
        ).alias("family")
    )
    valued = have_values(different["left"]) & have_values(different["right"])
    nan = pl.col("left").str.starts_with('"NaN"') | pl.col("right").str.starts_with('"NaN"')
    exact = different.filter(pl.col("family").is_not_null() & valued & ~nan)
    rows = exact.select(
        lexical_form(pl.col("left")).alias("lexical"),
        datatype(pl.col("left")).alias("datatype"),
        lexical_form(pl.col("right")).alias("other"),
        datatype(pl.col("right")).alias("kind"),
    ).iter_rows()
    judged = exact.select("left", "right", judged=pl.Series(compare(rows, sign), dtype=pl.Boolean))
    others = different.filter(pl.col("family").is_null())
    asked = others.select(
        "left", "right", judged=compared_by_engine(others["left"], others["right"], sign)
    )
    return pairs.join(
        pl.concat([judged, asked]), on=["left", "right"], how="left", maintain_order="left"
    )["judged"].fill_null(False)


_PLAIN_CLOCK = "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def _plain_day(end: str) -> str:
    """Match dates up to the 28th in the years 1000 to 9999, which exist and sort by their text."""
    return f"^(?:[1-9][0-9]{{3}})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8]){end}"


def compared_by_engine(left: pl.Series, right: pl.Series, sign: str) -> pl.Series:
    """Return for each pair of terms whether ``left sign right`` holds in Oxigraph.

    Parameters and result are those of :func:`holds`.
    """
    pairs = pl.DataFrame({"left": left, "right": right})
    different = pairs.unique().with_row_index("pair")
    lines = different.select(
        pl.format("<urn:x-testimonia:pair:{}> <{}> {} .", "pair", pl.lit(link), side).alias(side)
        for link, side in ((_LEFT, "left"), (_RIGHT, "right"))
    )
    ordered = _ordered(different["left"]) & _ordered(different["right"])
    store = Store()
    for column in lines:
        store.load("\n".join(column.filter(ordered)).encode(), RdfFormat.N_TRIPLES)
    solutions = store.query(_QUERIES[sign])
    assert isinstance(solutions, QuerySolutions)  # noqa: S101 - both are SELECT queries
    true = [int(str(solution[0].value).rpartition(":")[2]) for solution in solutions]
    judged = different.with_columns(judged=pl.col("pair").is_in(true)).drop("pair")
    return pairs.join(judged, on=["left", "right"], how="left", maintain_order="left")["judged"]


def _ordered(texts: pl.Series) -> pl.Series:
    """Return whether each literal has a value and no language tag: SPARQL 1.1 orders only these.

    NaN is excluded too, since Oxigraph considers it less than or equal to itself.
    """
    return have_values(texts) & ~texts.str.contains(r'"@[A-Za-z0-9\-]+$|^"NaN"\^\^')
