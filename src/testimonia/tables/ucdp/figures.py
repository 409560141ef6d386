"""The figures of UCDP GED: deaths by group, the best estimate, and the low and high ones."""

from __future__ import annotations

from typing import Final

import polars as pl

from testimonia.tables.ucdp.events import DEATHS

__all__ = ["actor", "figures"]

_GLOSSES: Final = {
    "deaths_a": "members of {} were killed",
    "deaths_b": "members of {} were killed",
    "deaths_civilians": "civilians were killed",
    "deaths_unknown": "people of unknown status were killed",
}
_ANYBODY, _CIVILIANS, _UNKNOWN = (
    pl.lit(f"ucdp/{name}") for name in ("anybody", "civilians", "unknown")
)
_LONGEST_NAME: Final = 250


def actor(number: str) -> pl.Expr:
    """Name a party, and the group of its members, by its number."""
    return pl.format("ucdp/actor/{}", number)


def figures(rows: pl.DataFrame) -> pl.DataFrame:
    """Make a row for each figure of an event.

    Parameters
    ----------
    rows
        Parsed rows, with the names of their ``event`` and ``record``.

    Returns
    -------
    DataFrame
        ``event``, ``record``, ``figure`` (its name), ``gloss``, ``victims``, ``lower``, ``upper``,
        ``bound_type``, ``aggregates``, ``basis``. An empty cell is not a figure; a zero is.
    """
    return pl.concat([_deaths(rows), _totals(rows)])


def _figure(
    rows: pl.DataFrame,
    what: str,
    gloss: pl.Expr,
    victims: pl.Expr,
    lower: pl.Expr,
    upper: pl.Expr,
    bound_type: str,
    aggregates: pl.Expr | None = None,
) -> pl.DataFrame:
    """Make a row for each event with this figure."""
    return rows.select(
        "event",
        "record",
        figure=pl.format("{}/{}", "event", pl.lit(what)),
        gloss=gloss,
        victims=victims,
        lower=lower,
        upper=upper,
        bound_type=pl.lit(bound_type),
        aggregates=aggregates if aggregates is not None else pl.lit(None, pl.List(pl.String)),
        basis=pl.lit("best-estimate" if bound_type == "exact" else "estimate-range"),
    )


def _deaths(rows: pl.DataFrame) -> pl.DataFrame:
    groups = {
        "deaths_a": actor("side_a_new_id"),
        "deaths_b": pl.when("one_sided").then(_CIVILIANS).otherwise(actor("side_b_new_id")),
        "deaths_civilians": _CIVILIANS,
        "deaths_unknown": _UNKNOWN,
    }
    figures = []
    for name, gloss in _GLOSSES.items():
        side = pl.col(name.replace("deaths", "side") if "{}" in gloss else "side_a")
        words = pl.format(f"{{}} {gloss} in UCDP event {{}}.", name, *_side(gloss, side), "id")
        figures.append(
            _figure(
                rows.filter(_is_claimed(name)),
                name,
                words,
                groups[name],
                pl.col(name),
                pl.col(name),
                "exact",
            )
        )
    return pl.concat(figures)


def _side(gloss: str, side: pl.Expr) -> list[pl.Expr]:
    return [side.str.slice(0, _LONGEST_NAME)] if "{}" in gloss else []


def _is_claimed(name: str) -> pl.Expr:
    """Return whether a cell is a claim: a number, unless the rules of the dataset fix it at 0.

    In one-sided violence the second side are civilians, who are counted as such; its deaths are 0 by
    rule. As a claim, this would say that nobody died.
    """
    given = pl.col(name).is_not_null()
    return given & ~(pl.col("one_sided") & (pl.col(name) == 0)) if name == "deaths_b" else given


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    anybody, low, high = _ANYBODY, pl.col("low"), pl.col("high")
    nothing = pl.lit(None, pl.Int64)
    parts = pl.concat_list(
        pl.when(_is_claimed(name)).then(pl.format("{}/{}", "event", pl.lit(name)))
        for name in DEATHS
    ).list.drop_nulls()
    range_ = (low <= high).fill_null(False)
    said = "people were killed in UCDP event {}."
    return pl.concat(
        [
            _figure(
                rows.filter(pl.col("best").is_not_null()),
                "best",
                pl.format(f"{{}} {said}", "best", "id"),
                anybody,
                pl.col("best"),
                pl.col("best"),
                "exact",
                parts,
            ),
            _figure(
                rows.filter(range_),
                "range",
                pl.format(f"From {{}} to {{}} {said}", "low", "high", "id"),
                anybody,
                low,
                high,
                "range",
            ),
            # If low is above high, each is a claim of its own, and the two contradict each other.
            _figure(
                rows.filter(~range_ & low.is_not_null()),
                "low",
                pl.format(f"At least {{}} {said}", "low", "id"),
                anybody,
                low,
                nothing,
                "at-least",
            ),
            _figure(
                rows.filter(~range_ & high.is_not_null()),
                "high",
                pl.format(f"At most {{}} {said}", "high", "id"),
                anybody,
                nothing,
                high,
                "at-most",
            ),
        ]
    )
