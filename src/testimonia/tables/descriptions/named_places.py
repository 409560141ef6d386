"""Makes the places of a described table: named levels within each other, and a point in the smallest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from testimonia.tables.descriptions.description import Description
from testimonia.tables.rows import path_segment, segment

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

__all__ = ["places_of"]

_PLACES: Final[dict[str, PolarsDataType]] = {
    "id": pl.String,
    "label": pl.String,
    "within": pl.List(pl.String),
    "latitude": pl.String,
    "longitude": pl.String,
}


def places_of(rows: pl.DataFrame, description: Description) -> tuple[pl.DataFrame, pl.Series]:
    """Make the places of rows.

    Parameters
    ----------
    rows
        Checked rows; empty cells are null.
    description
        The description of their table.

    Returns
    -------
    tuple
        Distinct rows of the table ``places``, each named by all the places around it; and the name of the
        place of each row, null if it has none.
    """
    place = description.place
    start = f"{description.name}/place"
    frames = [pl.DataFrame(schema=_PLACES)]
    smallest = pl.lit(None, pl.String)
    label = pl.lit(None, pl.String)
    path = pl.lit(start)
    if place.within:
        whole = f"{start}/{segment(place.within)}"
        frames.append(pl.DataFrame({"id": [whole], "label": [place.within]}))
        smallest, label, path = pl.lit(whole), pl.lit(place.within), pl.lit(whole)
    for column in place.levels:
        # An empty level is a step of the path too, so that two places never have one name.
        path = pl.concat_str([path, path_segment(column)], separator="/")
        known = pl.col(column).is_not_null()
        frames.append(
            rows.filter(known)
            .select(id=path, label=column, within=pl.concat_list(smallest).list.drop_nulls())
            .unique("id", maintain_order=True)
        )
        smallest = pl.when(known).then(path).otherwise(smallest)
        label = pl.when(known).then(pl.col(column)).otherwise(label)
    if place.latitude:
        degrees = pl.format("@{},{}", place.latitude, place.longitude)
        point = pl.concat_str([pl.coalesce(smallest, pl.lit(start)), degrees])
        known = pl.col(place.latitude).is_not_null()
        called = pl.coalesce(label, pl.format("{}, {}", place.latitude, place.longitude))
        frames.append(
            rows.filter(known)
            .select(
                id=point,
                label=called,
                within=pl.concat_list(smallest).list.drop_nulls(),
                latitude=place.latitude,
                longitude=place.longitude,
            )
            .unique("id", maintain_order=True)
        )
        smallest = pl.when(known).then(point).otherwise(smallest)
    found = pl.concat(frames, how="diagonal").unique("id", maintain_order=True)
    return found, rows.with_columns(smallest.alias("\0place"))["\0place"]
