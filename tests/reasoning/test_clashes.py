"""Clashes that need no reasoner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from testimonia.rdf import files
from testimonia.reasoning.clashes import Clash, find

Write = Callable[[str], Path]
EX = "https://example.org/"
SCHEMA = """
ex:Cat rdfs:subClassOf ex:Animal . ex:Animal owl:disjointWith ex:Stone .
[] a owl:AllDisjointClasses ; owl:members ( ex:Red ex:Green ex:Blue ) .
ex:eats rdfs:domain ex:Animal ; rdfs:range ex:Red .
ex:devours rdfs:subPropertyOf ex:eats .
ex:follows a owl:IrreflexiveProperty , owl:AsymmetricProperty .
ex:weight a owl:FunctionalProperty , owl:DatatypeProperty .
"""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("ex:a a ex:Cat , ex:Red . ex:b a ex:Stone .", []),
        (
            "ex:a a ex:Cat , ex:Stone .",
            [
                (
                    f"{EX}a",
                    f"it is {EX}Animal (stated through {EX}Cat) and {EX}Stone (stated), and these are disjoint",
                )
            ],
        ),
        (
            "ex:a a ex:Red , ex:Blue .",
            [(f"{EX}a", f"it is {EX}Blue (stated) and {EX}Red (stated), and these are disjoint")],
        ),
        (
            "ex:a a ex:Stone ; ex:devours ex:b . ex:b a ex:Green .",
            [
                (
                    f"{EX}a",
                    f"it is {EX}Animal (it has {EX}eats) and {EX}Stone (stated), and these are disjoint",
                ),
                (
                    f"{EX}b",
                    f"it is {EX}Green (stated) and {EX}Red (it is a value of {EX}eats), and these are disjoint",
                ),
            ],
        ),
        (
            "ex:a ex:follows ex:a .",
            [(f"{EX}a", f"it has itself as {EX}follows, which the property forbids")],
        ),
        (
            "ex:a ex:follows ex:b . ex:b ex:follows ex:a .",
            [
                (
                    f"{EX}a",
                    f"{EX}follows holds between it and {EX}b both ways, which the property forbids",
                ),
                (
                    f"{EX}b",
                    f"{EX}follows holds between it and {EX}a both ways, which the property forbids",
                ),
            ],
        ),
        (
            "ex:a ex:weight 1 , 2 .",
            [
                (
                    f"{EX}a",
                    f'it has several values of {EX}weight ("1"^^<http://www.w3.org/2001/XMLSchema#integer>, '
                    '"2"^^<http://www.w3.org/2001/XMLSchema#integer>), which takes one',
                )
            ],
        ),
        (
            "ex:a owl:sameAs ex:b . ex:b owl:differentFrom ex:a .",
            [(f"{EX}a", f"it is stated to be both the same as and other than {EX}b")],
        ),
    ],
)
def test_clashes(turtle: Write, data: str, expected: list[tuple[str, str]]) -> None:
    assert find(files.read([turtle(SCHEMA + data)])) == [Clash(*clash) for clash in expected]
