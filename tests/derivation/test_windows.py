"""Times within longer times are found by months, and give what comparing all with all would."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import scenarios
from testimonia.namespaces import PREFIXES, TMC, TMN
from testimonia.query.store import Store

RULES = {rule.name: rule for rule in scenarios.RULES}
WINDOWS = (RULES["124-window-above-window"], RULES["125-window-below-window"])
OFFSETS = [timezone(timedelta(hours=hours)) for hours in (-12, 0, 14)]


class Figure(NamedTuple):
    """A count of one group within a time, with its bounds; an open bound is none."""

    name: str
    group: str
    since: datetime
    until: datetime
    least: int | None
    most: int | None


def moment(chance: random.Random) -> datetime:
    # Around the ends of months, where the zone decides in which month a moment is written.
    month = chance.choice([1, 2, 3, 6])
    found = datetime(2031, month, 1, tzinfo=UTC) + timedelta(hours=chance.randint(-30, 30))
    return found.astimezone(chance.choice(OFFSETS))


def figures(seed: int) -> list[Figure]:
    chance = random.Random(seed)  # noqa: S311
    made = []
    for number in range(120):
        since, until = sorted([moment(chance), moment(chance)])
        least, most = sorted([chance.randint(0, 9), chance.randint(0, 9)])
        open_end = chance.random()
        made.append(
            Figure(
                f"f{number}",
                chance.choice(["women", "men"]),
                since,
                until,
                None if open_end < 0.1 else least,
                None if open_end > 0.9 else most,
            )
        )
    return made


def named(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


def store_of(made: list[Figure]) -> Store:
    store = Store()
    number, stamp = (NamedNode(PREFIXES["xsd"] + name) for name in ("integer", "dateTimeStamp"))
    for figure in made:
        subject, time = named(figure.name), named(f"{figure.name}-time")
        said = [
            (subject, TMN.about, named("war")),
            (subject, TMN.harm, TMC.killed),
            (subject, TMN.victims, named(figure.group)),
            (subject, TMN.during, time),
            (time, TMN.notBefore, Literal(figure.since.isoformat(), datatype=stamp)),
            (time, TMN.notAfter, Literal(figure.until.isoformat(), datatype=stamp)),
        ]
        for bound, value in ((TMN.lowerBound, figure.least), (TMN.upperBound, figure.most)):
            if value is not None:
                said.append((subject, bound, Literal(str(value), datatype=number)))
        store.load(Quad(*triple) for triple in said)
    return store


def exceeding(made: list[Figure]) -> set[tuple[str, str]]:
    return {
        (one.name, other.name)
        for one in made
        for other in made
        if one.group == other.group
        and one.least is not None
        and other.most is not None
        and one.least > other.most
        and other.since <= one.since
        and one.until <= other.until
        and (one.since.isoformat(), one.until.isoformat())
        != (other.since.isoformat(), other.until.isoformat())
    }


@pytest.mark.parametrize("seed", range(8))
def test_what_is_found_by_months_is_what_all_with_all_gives(seed: int) -> None:
    made = figures(seed)
    store = store_of(made)
    for rule in (RULES["085-count-window"], *WINDOWS):
        store.write(rule.sparql, rule.graph)
    above, below = (
        {
            (fact.subject.value.rpartition("/")[2], fact.object.value.rpartition("/")[2])
            for fact in store.statements(rule.graph)
        }
        for rule in WINDOWS
    )
    wanted = exceeding(made)
    assert len(wanted) > 20  # of some thousand pairs
    assert above == wanted
    assert below == {(other, one) for one, other in wanted}
