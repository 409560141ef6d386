"""Misspelt names get the similar ones suggested, in a message that reads the same everywhere."""

from __future__ import annotations

from testimonia.suggestions import did_you_mean, nearest

NAMES = ["confirmed-figures", "confirmed-by", "conflicts", "timeline"]


def test_the_most_similar_come_first() -> None:
    assert nearest("confirmed-figure", NAMES) == ["confirmed-figures", "confirmed-by"]
    assert nearest("confirmed-figure", NAMES, most=1) == ["confirmed-figures"]
    assert nearest("confirmed-figure", NAMES, similarity=0.9) == ["confirmed-figures"]


def test_the_order_of_the_names_does_not_matter() -> None:
    assert nearest("con", ["cond", "conb", "cona"]) == nearest("con", ["cona", "cond", "conb"])


def test_nothing_similar() -> None:
    assert nearest("zzz", NAMES) == []
    assert nearest("a" * 1_001, ["a" * 1_001]) == []
    assert nearest("a" * 1_000, ["a" * 1_000]) == ["a" * 1_000]


def test_the_question() -> None:
    assert did_you_mean([]) == ""
    assert did_you_mean(["a"]) == "Did you mean a?"
    assert did_you_mean(["a", "b", "c"]) == "Did you mean a or b or c?"
