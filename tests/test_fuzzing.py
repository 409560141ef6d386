"""The fuzzers under tools/ find nothing in a short run."""

from __future__ import annotations

from tools.fuzzing import edtf, patterns


def test_edtf() -> None:
    outcomes = edtf.run(seed=7, inputs=2_000)
    assert outcomes["bounded"] > 100
    assert [outcome for outcome in outcomes if outcome.startswith("finding")] == []


def test_patterns() -> None:
    outcomes = patterns.run(seed=7, inputs=1_000)
    assert outcomes["matched"] > 100
    assert [outcome for outcome in outcomes if outcome.startswith("finding")] == []
