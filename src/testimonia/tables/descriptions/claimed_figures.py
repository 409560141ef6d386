"""Makes the figures of a described table: propositions, the groups that they count, and claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from testimonia.tables.batch_reader import ROW
from testimonia.tables.descriptions.agent_names import Names
from testimonia.tables.descriptions.agreeing import group_slug, name_of
from testimonia.tables.descriptions.choices import chosen, where_claimed
from testimonia.tables.descriptions.claimants import Claimed, Saying
from testimonia.tables.descriptions.described_rows import EVENT, FIGURE, KEY, number_columns
from testimonia.tables.descriptions.description import Description, Figure
from testimonia.tables.informants import Known
from testimonia.tables.rows import segment

__all__ = ["Figures", "figures_of", "groups_of", "state_of"]

_CODES: Final = {
    "exact": "{}",
    "range": "{}-{}",
    "at-least": "{}-or-more",
    "at-most": "{}-or-fewer",
    "approximately": "about-{}",
    "nearly": "nearly-{}",
    "vague": "some-{}",
}
_WORDS: Final = {
    "exact": "{}",
    "range": "{} to {}",
    "at-least": "at least {}",
    "at-most": "at most {}",
    "approximately": "about {}",
    "nearly": "nearly {}",
    "vague": "several ({} or more)",
}
_LONGEST_KEY: Final = 100


@dataclass
class Figures:
    """The figures of some rows.

    Attributes
    ----------
    propositions
        Rows of the table ``propositions``.
    claims
        Rows of the table ``claims``.
    groups
        Groups by affiliation, as rows of the table ``groups``.
    agents
        Agents that are named with them, as rows of the table ``agents``.
    flags
        For each row what is odd about its figures: `ROW` and ``flag``.
    counted
        How many cells were not claimed, by the reason.
    """

    propositions: list[pl.DataFrame] = field(default_factory=list)
    claims: list[pl.DataFrame] = field(default_factory=list)
    groups: list[pl.DataFrame] = field(default_factory=list)
    agents: list[pl.DataFrame] = field(default_factory=list)
    flags: list[pl.DataFrame] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int) -> None:
        """Add to how many cells were not claimed."""
        if number:
            self.counted[what] = self.counted.get(what, 0) + number


def _group_id(description: Description, figure: Figure) -> str:
    return f"{description.name}/{group_slug(figure.who)}"


def _group_label(figure: Figure) -> str:
    who = figure.who
    words = [each.replace("-", " ") for each in (*who.category, *who.any_category)]
    label = who.name or f"{' '.join(words)}{f', {who.role}' if who.role else ''}"
    return label[:1].upper() + label[1:]


def groups_of(description: Description) -> pl.DataFrame:
    """Make the groups that the figures of a table count, but for those by affiliation.

    Parameters
    ----------
    description
        The description of the table.
    """
    found = {
        _group_id(description, figure): figure
        for figure in description.figures
        if figure.who.affiliation is None
    }
    return pl.DataFrame(
        {
            "id": list(found),
            "type": [["VictimGroup"]] * len(found),
            "label": [_group_label(each) for each in found.values()],
            "nationality": [
                [state.id] if (state := state_of(each, description)) else []
                for each in found.values()
            ],
            "category": [list(each.who.category) for each in found.values()],
            "any_category": [list(each.who.any_category) for each in found.values()],
            "role": [each.who.role or None for each in found.values()],
        },
        schema={
            "id": pl.String,
            "type": pl.List(pl.String),
            "label": pl.String,
            "nationality": pl.List(pl.String),
            "category": pl.List(pl.String),
            "any_category": pl.List(pl.String),
            "role": pl.String,
        },
    )


def state_of(figure: Figure, description: Description) -> Known | None:
    """Return the state whose nationals a figure counts, as an agent; None if it names none."""
    state = figure.who.nationality
    if not state:
        return None
    return Known(f"{description.name}/{segment(state)}", "OfficialBody", state, "")


def figures_of(
    rows: pl.DataFrame, description: Description, names: Names, document: str
) -> Figures:
    """Make the figures of rows.

    Parameters
    ----------
    rows
        Rows, as `checked_rows` prepares them.
    description
        The description of their table.
    names
        Finds agents.
    document
        The name of the document.
    """
    found = Figures()
    frames: dict[str, pl.DataFrame] = {}
    for figure in description.figures:
        frames[name_of(figure)] = _frame(rows, figure, description, names, found)
    for figure in description.figures:
        frame = _linked(frames[name_of(figure)], figure, frames, found)
        if frame.is_empty():
            continue
        said = Saying(figure, name_of(figure), figure.column or figure.low)
        claimed = Claimed(description, names, document).claims(frame, said)
        found.claims.append(claimed.claims)
        found.agents.append(claimed.agents)
        for what, number in claimed.counted.items():
            found.count(what, number)
        if figure.by is not None:
            frame = frame.filter(
                pl.col("proposition").is_in(claimed.claims["proposition"].implode())
            )
        found.propositions.append(_propositions(frame, description))
    found.flags += _flags(frames, description)
    return found


def _frame(
    rows: pl.DataFrame, figure: Figure, description: Description, names: Names, found: Figures
) -> pl.DataFrame:
    """Make a row for each claimed figure, with its bounds, whom it counts, and its name."""
    name = name_of(figure)
    here = where_claimed(rows, figure.when, figure.unless, figure.stance)
    here = here.with_columns(chosen(figure.harm).alias("harm"), pl.lit(name).alias(FIGURE))
    parts = _of_column(here, name) if figure.column else _of_ends(here, name)
    unread = [f"\0{name} {which} silent" for which in number_columns(figure)]
    left = here.filter(pl.any_horizontal(unread)).height
    found.count(f"not a figure, by the description or since it says nothing: {name}", left)
    parts = parts.filter(~(pl.col("lower").eq_missing(0) & pl.col("upper").is_null()))
    if figure.zero == "nothing":
        zeros = pl.col("upper").eq_missing(0)
        found.count(f"0 taken as no figure: {name}", parts.filter(zeros).height)
        parts = parts.filter(~zeros)
    return _counting(parts, figure, description, names, found)


def _of_column(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    read = {
        each: pl.col(f"\0{name} column {each}") for each in ("lower", "upper", "point", "words")
    }
    return rows.with_columns(bound=pl.col(f"\0{name} column type"), **read).filter(
        pl.col("bound").is_not_null() & ~pl.col(f"\0{name} column silent")
    )


def _of_ends(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Join a lowest and a highest number; if they are in the wrong order, each is a claim."""
    low, high = (pl.col(f"\0{name} {which} lower") for which in ("low", "high"))
    nothing = pl.lit(None, pl.Int64)
    swapped = (low > high).fill_null(False)
    given = low.is_not_null() & high.is_not_null()
    words = {"point": nothing, "words": pl.lit(None, pl.String)}
    both = rows.filter(given & ~swapped).with_columns(
        bound=pl.when(low == high).then(pl.lit("exact")).otherwise(pl.lit("range")),
        lower=low,
        upper=high,
        **words,
    )
    least = rows.filter(low.is_not_null() & (high.is_null() | swapped)).with_columns(
        bound=pl.lit("at-least"), lower=low, upper=nothing, **words
    )
    most = rows.filter(high.is_not_null() & (low.is_null() | swapped)).with_columns(
        bound=pl.lit("at-most"), lower=nothing, upper=high, **words
    )
    ends = [
        each.with_columns(pl.concat_str([pl.col(FIGURE), pl.lit(end)]).alias(FIGURE))
        for each, end in ((least, "-low"), (most, "-high"))
    ]
    return pl.concat([both, *ends])


def _counting(
    parts: pl.DataFrame, figure: Figure, description: Description, names: Names, found: Figures
) -> pl.DataFrame:
    """Name the group that each figure counts, and the proposition."""
    static = _group_id(description, figure)
    own = group_slug(figure.who)
    label = pl.lit(_group_label(figure))
    if figure.who.affiliation is None:
        frame = parts.with_columns(victims=pl.lit(static), counted=pl.lit(own), whom=label)
    else:
        mentions, agents = names.mentions(parts, [figure.who.affiliation])
        found.agents.append(agents)
        called = mentions.join(
            agents.select(agent="id", called="label"), on="agent", maintain_order="left"
        )
        bodies = called.group_by(ROW, maintain_order=True).agg("agent", "called")
        frame = parts.join(bodies, on=ROW, how="left", maintain_order="left")
        tail = pl.format("{}/of/{}", pl.lit(own), pl.col("agent").list.join("+"))
        known = pl.col("agent").is_not_null()
        frame = frame.with_columns(
            counted=pl.when(known).then(tail).otherwise(pl.lit(own)),
            whom=pl.when(known)
            .then(pl.format("{}, members of {}", label, pl.col("called").list.join(" and ")))
            .otherwise(label),
        ).with_columns(victims=pl.format("{}/{}", pl.lit(description.name), "counted"))
        found.groups.append(_affiliated(frame, figure))
    named = pl.concat_str([pl.col(EVENT), "harm", "counted", _written(_CODES)], separator="/")
    return frame.with_columns(proposition=named)


def _affiliated(frame: pl.DataFrame, figure: Figure) -> pl.DataFrame:
    groups = frame.select("victims", "whom", "agent").unique("victims", maintain_order=True)
    return groups.select(
        id="victims",
        type=pl.lit(["VictimGroup"]),
        label="whom",
        category=pl.lit(list(figure.who.category)),
        affiliation="agent",
    )


def _written(templates: Mapping[str, str]) -> pl.Expr:
    """Write the bounds of figures by their type."""
    number = pl.coalesce("point", "lower", "upper")
    written = pl.lit(None, pl.String)
    for bound, template in templates.items():
        if template.count("{}") > 1:
            text = pl.format(template, "lower", "upper")
        elif bound in ("at-most", "nearly"):
            text = pl.format(template, pl.col("upper") + (bound == "nearly"))
        else:
            text = pl.format(template, number)
        written = pl.when(pl.col("bound") == bound).then(text).otherwise(written)
    return written


def _linked(
    frame: pl.DataFrame, figure: Figure, frames: Mapping[str, pl.DataFrame], found: Figures
) -> pl.DataFrame:
    """Point figures at those of the same row that they are counted in, or add up."""
    name = name_of(figure)
    for column, others in (("subset_of", figure.subset_of), ("aggregates", figure.aggregates)):
        places = []
        for place, other in enumerate(others):
            ends = (
                frames[other]
                .unique(ROW, keep="first")
                .select(
                    ROW,
                    pl.col("proposition").alias(f"\0{column} {place}"),
                    pl.col("upper").alias(f"\0{column} {place} upper"),
                )
            )
            frame = frame.join(ends, on=ROW, how="left", maintain_order="left")
            link = pl.col(f"\0{column} {place}")
            fits = link != pl.col("proposition")
            if column == "subset_of":
                above = (pl.col("lower") > pl.col(f"\0{column} {place} upper")).fill_null(False)
                found.count(
                    f"more than the whole, so not linked: {name} in {other}",
                    frame.filter(above).height,
                )
                fits &= ~above
            places.append(pl.when(fits).then(link))
        listed = pl.concat_list(places).list.drop_nulls() if places else None
        nothing = pl.lit(None, pl.List(pl.String))
        frame = frame.with_columns((nothing if listed is None else listed).alias(column))
    return frame


def _propositions(frame: pl.DataFrame, description: Description) -> pl.DataFrame:
    # What a cell holds is cut, since a gloss is a clause.
    gloss = pl.format(
        "{}, {}: {} ({}, {})",
        pl.col("whom").str.slice(0, _LONGEST_KEY),
        pl.col("harm").str.replace_all("-", " "),
        _written(_WORDS),
        pl.lit(description.title[:_LONGEST_KEY]),
        pl.col(KEY).str.slice(0, _LONGEST_KEY),
    )
    return frame.select(
        id="proposition",
        type=pl.lit(["CasualtyProposition"]),
        about=pl.concat_list(EVENT),
        gloss=gloss,
        harm="harm",
        victims="victims",
        lower_bound="lower",
        upper_bound="upper",
        bound_type="bound",
        point_estimate="point",
        subset_of="subset_of",
        aggregates="aggregates",
    )


def _flags(frames: Mapping[str, pl.DataFrame], description: Description) -> list[pl.DataFrame]:
    """Find records whose figures do not go together."""
    found = []
    for figure in description.figures:
        frame = frames[name_of(figure)]
        if figure.low:
            swapped = frame.filter(pl.col(FIGURE).str.ends_with("-low")).join(
                frame.filter(pl.col(FIGURE).str.ends_with("-high")), on=ROW, how="semi"
            )
            found.append(swapped.select(ROW, flag=pl.lit("low-above-high")))
            found += _outside_range(figure, frame, frames, description)
        if figure.aggregates:
            parts = pl.concat(
                frames[name].select(ROW, "lower", "upper") for name in figure.aggregates
            )
            sums = parts.group_by(ROW).agg(pl.col("lower", "upper").sum().name.suffix(" of parts"))
            both = frame.filter(pl.col("bound") == "exact").join(sums, on=ROW)
            differ = both.filter(
                (pl.col("lower") != pl.col("lower of parts"))
                & (pl.col("upper of parts") == pl.col("lower of parts"))
            )
            found.append(differ.select(ROW, flag=pl.lit("parts-differ-from-best")))
    return found


def _outside_range(
    figure: Figure,
    frame: pl.DataFrame,
    frames: Mapping[str, pl.DataFrame],
    description: Description,
) -> list[pl.DataFrame]:
    best = [
        each
        for each in description.figures
        if each.column
        and each.by == figure.by
        and each.stance == figure.stance
        and (each.harm, each.who) == (figure.harm, figure.who)
    ]
    found = []
    for each in best:
        exact = frames[name_of(each)].filter(pl.col("bound") == "exact").select(ROW, best="lower")
        both = frame.join(exact, on=ROW)
        odd = (pl.col("best") < pl.col("lower")) | (pl.col("best") > pl.col("upper"))
        found.append(both.filter(odd).select(ROW, flag=pl.lit("best-outside-range")))
    return found
