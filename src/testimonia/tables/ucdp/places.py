"""Where the events of UCDP GED took place: a point, in its divisions as far as told, in a country."""

from __future__ import annotations

import polars as pl

from testimonia.tables.rows import path_segment

__all__ = ["place_of", "places"]


def places(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the places of events, each within a larger one.

    Parameters
    ----------
    rows
        Rows as they were read.

    Returns
    -------
    DataFrame
        Rows of the table ``places``, each once. The key of a place holds the names of those it lies
        in, and its point: the same name may stand for several.
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
    # The same name may stand for several points, and one point may be moved between editions.
    return (
        country,
        first,
        second,
        pl.format("{}/{}{}", second, path_segment("where_coordinates"), degrees),
    )


def place_of() -> pl.Expr:
    """Name the closest place that is told of an event."""
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
