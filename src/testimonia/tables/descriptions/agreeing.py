"""Finds fields of a description that do not go together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from testimonia.tables.descriptions.description import (
    Choice,
    Conduct,
    Day,
    Description,
    Figure,
    Group,
    Named,
)

__all__ = ["disagreements", "group_slug", "name_of", "slug"]


def slug(text: str) -> str:
    """Write a text in lower case, with hyphens for what is neither letter nor digit."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "unnamed"


def group_slug(group: Group) -> str:
    """Name a group, within its table."""
    return slug(group.name or "-".join([*group.category, *group.any_category, group.role]))


def name_of(figure: Figure) -> str:
    """Name a figure, within its table."""
    return figure.name or slug(figure.column or f"{figure.low} {figure.high}")


def disagreements(description: Description) -> Iterator[str]:
    """Say what is wrong with a description whose fields are valid each by itself.

    Parameters
    ----------
    description
        The description.

    Yields
    ------
    str
        A sentence without a full stop.
    """
    yield from _of_day(description.day)
    if not (description.figures or description.responsibility or description.conduct):
        yield "figures: the description claims nothing: name at least one figure or account"
    if description.years and (
        len(description.years) != 2 or description.years[0] > description.years[1]
    ):
        yield "years: give the first and the last year"
    place = description.place
    if bool(place.latitude) != bool(place.longitude):
        yield "place: latitude and longitude go together"
    names = [name_of(each) for each in description.figures]
    for figure in description.figures:
        yield from _of_figure(figure, names)
    accounts = (*description.responsibility, *description.conduct)
    names += [each.name for each in accounts if each.name]
    for name, count in Counter(names).items():
        if count > 1:
            yield f"two figures or accounts have the name {name!r}: give each its own name"
    yield from _same(description.figures)
    for account in description.responsibility:
        if not account.perpetrators:
            yield "responsibility: name the columns with the perpetrators"
    for conduct in description.conduct:
        yield from _of_conduct(conduct)
    yield from _of_choices(description)
    for column in sorted(set(description.columns) & set(description.left_out)):
        yield f"left_out: the column {column!r} is mapped, and cannot be left out"


def _of_day(day: Day) -> Iterator[str]:
    if bool(day.column) == bool(day.year):
        yield "day: give either column, or year with month and day"
    if (day.month or day.day) and not day.year:
        yield "day: month and day need year"
    if day.until and not day.column:
        yield "day: until needs column"


def _of_figure(figure: Figure, names: list[str]) -> Iterator[str]:
    name = name_of(figure)
    if bool(figure.column) == bool(figure.low or figure.high):
        yield f"figures, {name}: give either column, or low and high"
    elif bool(figure.low) != bool(figure.high):
        yield f"figures, {name}: low and high go together; for one of them use column with bounds"
    for field in ("subset_of", "aggregates"):
        for other in getattr(figure, field):
            if other not in names or other == name:
                yield f"figures, {name}: {field} names {other!r}, which is not another figure"


def _same(figures: tuple[Figure, ...]) -> Iterator[str]:
    """Find figures that the same person would give twice for the same people."""
    seen: dict[object, str] = {}
    for figure in figures:
        if figure.when or figure.unless or figure.stance:
            continue
        by = figure.by and (figure.by.column, figure.by.always)
        affiliation = figure.who.affiliation and figure.who.affiliation.column
        harm = (figure.harm.always, figure.harm.column)
        counted = (bool(figure.column), harm, group_slug(figure.who), affiliation, by)
        if counted in seen:
            yield (
                f"figures, {name_of(figure)}: it counts the same harm to the same people as "
                f"{seen[counted]}: distinguish them by who, such as its category, name or role"
            )
        seen[counted] = name_of(figure)


def _of_conduct(conduct: Conduct) -> Iterator[str]:
    if not conduct.actors:
        yield "conduct: name the columns with the actors"
    for each in (*conduct.actors, *conduct.against, *conduct.alongside):
        yield from _of_named(each, "conduct")


def _of_named(named: Named, at: str) -> Iterator[str]:
    if bool(named.column) == bool(named.always):
        yield f"{at}: give names either by column or by always"


def _of_choices(description: Description) -> Iterator[str]:
    choices: dict[str, Choice | None] = {
        "event_type": description.event_type,
        "clarity": description.clarity,
        "place_precision": description.place_precision,
        "time_precision": description.time_precision,
    }
    for claimed in (*description.figures, *description.responsibility, *description.conduct):
        for field in ("stance", "certainty", "basis", "channel", "harm"):
            choices[f"{claimed.name or 'figures'}, {field}"] = getattr(claimed, field, None)
    for at, choice in choices.items():
        if choice is None:
            continue
        if bool(choice.always) == bool(choice.column):
            yield f"{at}: give either one code, or column with values"
        elif choice.column and not choice.values and not choice.otherwise:
            yield f"{at}: give the values of the column {choice.column!r}"
