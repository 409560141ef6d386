"""The places of UCDP GED events: a point, in its administrative divisions if given, in a country."""

from __future__ import annotations

import polars as pl

from testimonia.tables.rows import path_segment

__all__ = ["place_of", "places"]


def places(rows: pl.DataFrame) -> pl.DataFrame:
    """Make the places of events, each within a larger one.

    Parameters
    ----------
    rows
        Parsed rows.

    Returns
    -------
    DataFrame
        Distinct rows of the table ``places``. The name of a place includes those of the places around
        it, and its coordinates, since several places may have the same name.
    """
    country, first, second, point = _place_names()
    known = pl.coalesce(
        pl.when(pl.col("adm_2").is_not_null()).then(second),
        pl.when(pl.col("adm_1").is_not_null()).then(first),
        country,
    )
    above = pl.when(pl.col("adm_1").is_not_null()).then(first).otherwise(country)
    nowhere, no_degrees = pl.lit(None, pl.String), pl.lit(None, pl.String)
    levels = [
        (pl.lit(True), country, "country", nowhere, no_degrees, no_degrees),
        (pl.col("adm_1").is_not_null(), first, "adm_1", country, no_degrees, no_degrees),
        (pl.col("adm_2").is_not_null(), second, "adm_2", above, no_degrees, no_degrees),
        (
            pl.col("where_coordinates").is_not_null(),
            point,
            "where_coordinates",
            known,
            pl.col("latitude"),
            pl.col("longitude"),
        ),
    ]
    return pl.concat(
        rows.filter(there).select(
            id=name,
            label=label,
            within=pl.concat_list(within).list.drop_nulls(),
            latitude=latitude,
            longitude=longitude,
        )
        for there, name, label, within, latitude, longitude in levels
    ).unique(maintain_order=True)


def _place_names() -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    country = pl.format("{}/{}", pl.lit("ucdp"), "country_id")
    first = pl.format("{}/{}", country, path_segment("adm_1"))
    second = pl.format("{}/{}", first, path_segment("adm_2"))
    degrees = pl.format("@{},{}", "latitude", "longitude").fill_null("")
    # Several points may have the same name, and a point may be moved between editions.
    return (
        country,
        first,
        second,
        pl.format("{}/{}{}", second, path_segment("where_coordinates"), degrees),
    )


def place_of() -> pl.Expr:
    """Return the name of the smallest known place of an event."""
    country, first, second, point = _place_names()
    return (
        pl.when(pl.col("where_coordinates").is_not_null())
        .then(point)
        .when(pl.col("adm_2").is_not_null())
        .then(second)
        .when(pl.col("adm_1").is_not_null())
        .then(first)
        .otherwise(country)
    )
