"""Every case of the W3C suite, compared as whole reports."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from pyoxigraph import Triple

from testimonia.validation.columnar import Unusable, run

_spec = importlib.util.spec_from_file_location("w3c", Path(__file__).with_name("w3c.py"))
w3c = sys.modules.setdefault("w3c", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(w3c)

CASES = w3c.cases()


@pytest.mark.skipif(not CASES, reason=f"the W3C suite is not at {w3c.SUITE}")
def test_the_suite_is_whole():
    assert len(CASES) == 121


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "one-by-one"])
def test_case(case, at_once):
    if case.fails:
        with pytest.raises(Unusable):
            run(case.data, case.shapes, at_once=at_once)
        return
    expected = case.expected
    report = run(case.data, case.shapes, at_once=at_once)
    actual: list[Triple] = list(report.triples())
    known = w3c.blank_nodes([*case.data, *case.shapes]) - w3c.blank_nodes(expected_structure(expected))
    assert w3c.same_report(actual, expected, known), report.frame
    conforms = Triple(actual[0].subject, w3c.sh("conforms"), actual[1].object)
    assert conforms in actual


def expected_structure(expected):
    """Return the triples whose blank nodes make up the report itself: results and paths."""
    own = ("focusNode", "value", "sourceShape", "sourceConstraint")
    return [
        triple
        for triple in expected
        if triple.predicate.value.removeprefix(w3c.SH) not in own
    ]
