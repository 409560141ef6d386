"""Randomly changed shapes graphs: validation returns a report or raises an error of our own."""

from __future__ import annotations

import pytest
from tools.fuzzing import shapes

pytestmark = pytest.mark.slow


def test_no_other_error_escapes() -> None:
    outcomes = shapes.run(seed=7, inputs=60)
    assert [outcome for outcome in outcomes if outcome.startswith("finding")] == []
    assert outcomes["refused"] > 5
    assert outcomes["a report of a part"] > 5
