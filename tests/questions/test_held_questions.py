"""Two questions that readers of the Palmyra reports put, answered by hand and by the questions."""

from __future__ import annotations

from functools import cache
from typing import Any

import palmyra

import testimonia
from testimonia.namespaces import shorten

INCIDENT = "event:2025-12-13-palmyra-attack"


@cache
def held() -> testimonia.Dataset:
    return palmyra.opened()


def rows(question: str, *columns: str, **parameters: Any) -> set[tuple[str | int, ...]]:
    def shown(value: Any) -> str | int:
        return value if isinstance(value, int) else shorten(str(value or ""))

    found = held().ask(question, **parameters)
    return {tuple(shown(row[column]) for column in columns) for row in found}


def test_who_controls_the_place() -> None:
    # The ministry speaks of a Syrian base in the town, and a US official denies that the president
    # controls the area: accounts of two places, of which nothing says that they are one.
    held = rows("control-accounts", "claimant", "stance", "controller", "controlledPlace", "event")
    assert {row[:4] for row in held if row[4] == INCIDENT} == {
        (
            "agent:palmyra-pentagon-official",
            "tmc:denies",
            "agent:ahmed-al-sharaa",
            "place:palmyra-attack-area",
        )
    }
    assert rows("control-accounts", "claimant", place="place:syrian-base-in-palmyra") == set()
    base = rows(
        "place-accounts", "event", "within", "body", "stance", place="place:syrian-base-in-palmyra"
    )
    assert base == {
        (
            "event:palmyra-officers-meeting",
            "place:palmyra",
            "agent:syrian-interior-ministry",
            "tmc:asserts",
        )
    }
    assert ("place:palmyra-attack-area",) not in rows("place-accounts", "claimedPlace")
    assert rows("contradictions", "proposition") == set()


def test_two_agencies_are_one_party() -> None:
    # The command and the president both say that three were injured, and are bodies of one state.
    parties = rows("agents-and-parties", "agent", "party", of_party="agent:united-states")
    assert {("agent:us-central-command", "agent:united-states")} <= parties
    assert {("agent:us-presidency", "agent:united-states")} <= parties
    supported = rows(
        "corroboration", "origins", "originsAtMost", "party", "proposition", incident=INCIDENT
    )
    assert (1, 1, "agent:united-states", "prop:three-service-members-injured") in supported
    assert (1, 1, "agent:united-states", "prop:three-us-troops-injured") in supported
    # Two dead are of the command, and of two documents that only narrate; two injured Syrians are of
    # state media, and of reports that may go back to it.
    assert (1, 3, "agent:united-states", "prop:two-us-troops-killed") in supported
    single = rows("single-origin-figures", "proposition", "party", "claims")
    assert ("prop:two-syrian-security-personnel-injured", "agent:syria", 2) in single
    assert ("prop:two-us-troops-killed", "agent:united-states", 3) in single
