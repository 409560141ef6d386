"""Reads the cells of figures: digits by column, and what is written otherwise one by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from testimonia.tables.descriptions.description import NOTHING, Quantities
from testimonia.tables.quantity_text import quantity

__all__ = ["QUANTITY", "quantities_of"]

QUANTITY: Final = {
    "lower": pl.Int64(),
    "upper": pl.Int64(),
    "type": pl.String(),
    "point": pl.Int64(),
    "words": pl.String(),
    "odd": pl.Boolean(),
    "silent": pl.Boolean(),
}
"""What is read in a cell: bounds, bound type, point estimate, its words if it is not digits alone, whether
it cannot be read, and whether it is not a figure by the description."""

_PLAIN: Final = r"^([0-9]{1,15})(?:\.0*)?$"
_SIGNS: Final = {"at-least": "≥", "at-most": "≤", "approximately": "~"}
_ZEROS: Final = re.compile(r"(?<=[0-9])\.0+$")
_THOUSANDS: Final = {
    "point": re.compile(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))"),
    "space": re.compile("(?<=[0-9])[ \u00a0\u202f\u2009'’](?=[0-9]{3}(?![0-9]))"),  # noqa: RUF001
    "comma": re.compile(r"(?<=[0-9])[,\u066c](?=[0-9]{3}(?![0-9]))"),
}
_FRACTION: Final = re.compile(r"[0-9][.,\u066b][0-9]")
# Words that are a number in a sentence, but may mean that nothing is known in a cell.
_UNSURE: Final = frozenset(("no", "none", "no one", "nobody", "a", "an", "un", "une", "una"))
_LONGEST: Final = 60
"""Characters of the words of a quantity that are kept, as the shapes allow."""

_NO_FIGURE: Final[dict[str, Any]] = dict.fromkeys(QUANTITY) | {"odd": False, "silent": False}


def quantities_of(
    values: pl.Series, reading: Quantities, *, bounds: str = "exact", exact_only: bool = False
) -> pl.DataFrame:
    """Read a column of figures.

    Parameters
    ----------
    values
        Cells as text, null where there is no figure.
    reading
        How figures are written.
    bounds
        The bound type of a number without a sign.
    exact_only
        Whether only numbers without a sign or words are allowed, as where two columns give a range.

    Returns
    -------
    DataFrame
        A row for each cell, with the columns of `QUANTITY`; all null for an empty cell.
    """
    name = "\0cell"
    cells = values.rename(name).to_frame()
    number = pl.col(name).str.extract(_PLAIN, 1).cast(pl.Int64, strict=False)
    plain = cells.select(name, lower=number if bounds == "exact" else pl.lit(None, pl.Int64))
    others = plain.filter(pl.col("lower").is_null())[name].unique(maintain_order=True).drop_nulls()
    exact = pl.when(pl.col("lower").is_not_null())
    fast = plain.with_columns(
        upper="lower",
        type=exact.then(pl.lit("exact")),
        point=pl.lit(None, pl.Int64),
        words=pl.lit(None, pl.String),
        odd=pl.lit(False),
        silent=pl.lit(False),
    )
    if others.is_empty():
        return fast.drop(name)
    signs = {text: _read(text, reading, bounds) for text in others}
    if exact_only:
        signs = {
            text: each if each["type"] in ("exact", None) else {**_NO_FIGURE, "odd": True}
            for text, each in signs.items()
        }
    found = pl.DataFrame(
        [{name: text, **each} for text, each in signs.items()],
        schema={name: pl.String(), **QUANTITY},
    )
    slow = fast.select(name).join(found, on=name, how="left", maintain_order="left").drop(name)
    known = fast["lower"].is_not_null()
    return pl.DataFrame(
        [
            pl.select(
                pl.when(known).then(fast[column]).otherwise(slow[column]).alias(column)
            ).to_series()
            for column in QUANTITY
        ]
    )


def _read(text: str, reading: Quantities, bounds: str) -> Mapping[str, Any]:
    """Read a cell; ``odd`` if it cannot be read, ``silent`` if it says nothing."""
    folded = " ".join(text.split()).casefold()
    given = {" ".join(word.split()).casefold(): meant for word, meant in reading.words.items()}
    meant = given.get(folded)
    if meant == NOTHING:
        return {**_NO_FIGURE, "silent": True}
    if meant is None and folded in _UNSURE:
        return {**_NO_FIGURE, "odd": True}
    said = _digits(text if meant is None else meant, reading)
    sign = _SIGNS.get(bounds, "") if said.isdecimal() else ""
    read = quantity(sign + said)
    if read is None or read[3] or _FRACTION.search(said):
        return {**_NO_FIGURE, "odd": True}
    columns = read[0]
    lower, upper = columns.get("lower_bound"), columns.get("upper_bound")
    if isinstance(lower, int) and isinstance(upper, int) and lower > upper:
        return {**_NO_FIGURE, "odd": True}
    if columns["bound_type"] == "range" and lower == upper:
        columns = columns | {"bound_type": "exact"}
    bare = said.isdecimal() and text.strip().isascii() and meant is None
    return {
        "lower": lower,
        "upper": upper,
        "type": columns["bound_type"],
        "point": columns.get("point_estimate"),
        "words": None if bare or len(text) > _LONGEST else text,
        "odd": False,
        # "0 or more" says nothing.
        "silent": lower == 0 and upper is None,
    }


def _digits(text: str, reading: Quantities) -> str:
    """Write the digits of any script as 0 to 9, without separators of thousands."""
    plain = " ".join(text.split())
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    return _ZEROS.sub("", _THOUSANDS[reading.thousands].sub("", plain))
