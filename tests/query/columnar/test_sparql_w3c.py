"""The W3C suites of query evaluation, answered by SQL over columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.sparql_cases import EXACT, SAME_VALUES, SUITES, Case, Result, cases, outcome
from tools.sparql_conformance import INTRODUCTION, REASONS, columns, verdict

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "sparql-conformance.md"
FOUND = cases()


@pytest.mark.slow
@pytest.mark.parametrize("case", FOUND, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    passed = verdict(case, columns) in (EXACT, SAME_VALUES)
    assert passed == (case.name not in REASONS)


def test_the_suites_are_complete() -> None:
    if not (SUITES / "sparql11").is_dir():
        pytest.skip("the W3C test suites are not at ../shared/suites")
    assert len(FOUND) == 508
    assert set(REASONS) <= {case.name for case in FOUND}


def test_a_wrong_answer_is_noticed() -> None:
    if not FOUND:
        pytest.skip("the W3C test suites are not at ../shared/suites")
    case = next(case for case in FOUND if case.name == "sparql10/basic/term-6")
    expected = case.result()
    assert outcome(expected, expected) == EXACT
    assert outcome(Result(variables=expected.variables), expected) != EXACT


def test_the_page_names_the_cases_that_differ() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(INTRODUCTION)
    for name, reason in REASONS.items():
        assert f"| {name} | " in text
        assert f" | {reason} |" in text
