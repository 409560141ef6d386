"""Published shapes: the same results as pySHACL, and what was left out is named."""

from __future__ import annotations

from collections import Counter

import pytest
from tools import shapes_in_use

USES = {use.name: use for use in shapes_in_use.uses()}
BESIDE = [
    "RO-Crate 1.2, crate-rain",
    "RO-Crate 1.2, crate-spec",
    "RO-Crate 1.2, crate-ours",
    "Data cube, made-up rain",
]
# pySHACL 0.40.1 takes minutes for these and finds the same, except that for ePO it accepts strings
# as rdf:PlainLiteral (see docs/reference/validation-conformance.md).
FOUND = {
    "Brick 1.4, a building": 821,
    "UCO 1.4, hash": 1,
    "ePO, a notice": 2855,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not USES, reason=f"there are no shapes at {shapes_in_use.FOLDER}"),
]


@pytest.mark.parametrize("name", BESIDE)
def test_the_same_as_pyshacl(name: str) -> None:
    both = shapes_in_use.compare(USES[name], seconds=500)
    assert (both.ours.failure, both.theirs.failure) == ("", "")
    only_ours, only_theirs = both.beyond()
    assert only_ours == Counter()
    asked = [reason for reason in both.ours.left_out if "quer" in reason or "function" in reason]
    assert only_theirs.keys() <= ({"SPARQL"} if asked else set())


@pytest.mark.parametrize("name", FOUND)
def test_as_many_as_pyshacl_found(name: str) -> None:
    assert Counter(dict(shapes_in_use.columnar(USES[name])["results"])).total() == FOUND[name]


def test_violations_in_a_cube_are_found_although_some_queries_cannot_be_used() -> None:
    found = shapes_in_use.columnar(USES["Data cube, made-up rain"])
    focuses = {
        (result[0], result[3].rpartition("/")[2].strip(">")) for result, _ in found["results"]
    }
    assert focuses >= {
        ("MinCount", "aimless"),  # IC-2: it has no structure
        ("MinCount", "stray"),  # IC-1: it is in no data set
        ("SPARQL", "undated"),  # IC-11: it lacks a dimension
        ("SPARQL", "dry"),  # IC-14: it lacks the measure
    }
    assert any("IC-17" in reason for reason in found["left_out"])
    assert any("IC-20" in reason for reason in found["left_out"])
    assert not any("IC-1." in reason for reason in found["left_out"])
