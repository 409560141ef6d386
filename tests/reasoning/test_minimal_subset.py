"""Shrinking, over predicates whose smallest answer is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from testimonia.reasoning.minimal_subset import minimal


@given(st.data())
def test_finds_a_smallest_clash_and_nothing_else(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    culprits = data.draw(
        st.lists(st.sets(st.integers(0, size - 1), max_size=4), min_size=1, max_size=3)
    )

    def clashes(part: list[int]) -> bool:
        return any(culprit <= set(part) for culprit in culprits)

    found, whole = minimal(range(size), clashes, tries=1000)
    assert whole
    assert clashes(found)
    assert not any(clashes([item for item in found if item != left]) for left in found)


def test_gives_up_with_what_still_clashes() -> None:
    asked: list[int] = []

    def clashes(part: list[int]) -> bool:
        asked.append(len(part))
        return {3, 90} <= set(part)

    found, whole = minimal(range(100), clashes, tries=5)
    assert not whole
    assert {3, 90} <= set(found)
    assert len(asked) == 5
