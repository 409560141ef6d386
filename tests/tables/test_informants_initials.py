"""Initials name a body only where they are capitals; those of states say whose people they are."""

from __future__ import annotations

import pytest

from testimonia.tables.informants import read


@pytest.mark.parametrize("text", ["UN", "the UN", "IS, UN", "SOHR and IS"])
def test_initials_are_names(text: str) -> None:
    reading = read(text)
    assert reading.sure
    assert reading.known


@pytest.mark.parametrize("text", ["is", "un", "the ai", "SOHR is, un"])
def test_words_are_not(text: str) -> None:
    reading = read(text)
    assert not reading.sure
    assert {agent.id for agent in reading.known} <= {"sohr"}


@pytest.mark.parametrize("text", ["anonymous CAR army colonel", "DRC military spokesman"])
def test_states_may_be_abbreviated(text: str) -> None:
    reading = read(text)
    assert (reading.known, reading.unnamed, reading.sure) == ((), (text,), True)
