"""All cases of the W3C suite, and the disagreements found since; whole reports are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import shacl_cases

from testimonia.shacl import Unusable, run

CASES = shacl_cases.w3c_cases()
OWN = shacl_cases.cases(Path(__file__).with_name("disagreements"))


@pytest.mark.skipif(not CASES, reason=f"the W3C suite is not at {shacl_cases.SUITE}")
def test_the_suite_is_complete():
    assert len(CASES) == 121


@pytest.mark.parametrize("case", [*CASES, *OWN], ids=lambda case: case.name)
@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "one-by-one"])
def test_case(case, at_once):
    if case.fails:
        with pytest.raises(Unusable):
            run(case.data, case.shapes, at_once=at_once)
    else:
        report = run(case.data, case.shapes, at_once=at_once)
        assert shacl_cases.same_report(case, report.triples()), report.frame
