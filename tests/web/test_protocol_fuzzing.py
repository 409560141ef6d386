"""No request causes an internal error; ``tools/fuzzing`` sends many more."""

from __future__ import annotations

from tools.fuzzing.protocol import FINDING, run


def test_mutated_requests() -> None:
    outcomes = run(20251213, 400)
    assert {name: n for name, n in outcomes.items() if name.startswith(FINDING)} == {}
    assert outcomes.total() == 400
    assert {"200", "400", "404", "405", "ended"} <= outcomes.keys()
