"""Broken answers are handled, or raise an error of the library."""

from __future__ import annotations

import pytest
from tools.fuzzing import remote

pytestmark = pytest.mark.slow


def test_a_few_broken_answers() -> None:
    outcomes = remote.run(seed=7, inputs=60)
    assert outcomes.total() == 60
    assert set(outcomes) <= {"ok", "error"}


def test_the_same_seed_makes_the_same_answers() -> None:
    assert remote.run(seed=11, inputs=25) == remote.run(seed=11, inputs=25)
