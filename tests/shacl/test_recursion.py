"""Recursive shapes: a node fails if its violation can be shown in finitely many steps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia.shacl import ColumnarReport, explain, run

HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> . "
# Each part of a :Thing is one itself, and has a :name.
PARTS = """
:Thing sh:targetNode :a ; sh:property [ sh:path :part ; sh:node :Thing ] ,
    [ sh:path :name ; sh:minCount 1 ] .
"""


def validated(shapes: str, data: str) -> ColumnarReport:
    return run(parse(HEAD + data, RdfFormat.TURTLE), parse(HEAD + shapes, RdfFormat.TURTLE))


def found(report: ColumnarReport) -> list[tuple[str, str]]:
    return [
        (component.partition("#")[2].partition("Cons")[0], str(value).strip("<>")[-1])
        for component, value in report.frame.select("component", "value").rows()
    ]


def chain(length: int, *, nameless: int | None = None) -> str:
    """Write :a, whose part is :n1, whose part is :n2 and so on."""
    names = [":a", *(f":n{number}" for number in range(1, length))]
    parts = [f"{one} :part {other} ." for one, other in pairwise(names)]
    named = [f'{name} :name "x" .' for number, name in enumerate(names) if number != nameless]
    return "\n".join(parts + named)


def test_a_violation_is_found_at_any_depth() -> None:
    assert found(validated(PARTS, chain(40))) == []
    assert found(validated(PARTS, chain(40, nameless=39))) == [("Node", "1")]


def test_cyclic_data_conform_unless_the_cycle_has_a_violation() -> None:
    whole = validated(PARTS, chain(4) + "\n:n3 :part :a .")
    assert (found(whole), whole.complete) == ([], True)
    assert found(validated(PARTS, chain(4, nameless=2) + "\n:n3 :part :a .")) == [("Node", "1")]


def test_shapes_may_refer_to_each_other() -> None:
    shapes = """
    :Even sh:targetNode :a ; sh:property [ sh:path :next ; sh:node :Odd ] .
    :Odd sh:property [ sh:path :next ; sh:minCount 1 ; sh:node :Even ] .
    """
    even = ":a :next :b . :b :next :c . :c :next :d . :d :next :e ."
    assert found(validated(shapes, even)) == []
    assert found(validated(shapes, even.replace(":d :next :e .", ""))) == [("Node", "b")]


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("sh:or ( :S [ sh:hasValue :z ] )", [("Or", "b")]),
        ("sh:and ( :S )", [("And", "b")]),
        ("sh:qualifiedValueShape :S ; sh:qualifiedMinCount 1", [("QualifiedMinCount", "e")]),
    ],
)
def test_cycles_may_pass_through_constraints_without_negation(constraint, expected):
    shapes = f"""
    :S sh:targetNode :a ; sh:or ( [ sh:property [ sh:path :next ; sh:minCount 1 ; {constraint} ] ]
        [ sh:hasValue :last ] ) .
    :T sh:targetNode :a ; sh:property [ sh:path :next ; {constraint} ] .
    """
    report = validated(shapes, ":a :next :b . :b :next :c .")
    assert ("Or", "a") in found(report)
    assert [each for each in found(report) if each != ("Or", "a")] == expected
    fine = validated(shapes, ":a :next :b . :b :next :last .")
    assert (found(fine), fine.complete) == ([], True)


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:not :S",
        "sh:xone ( :S [ sh:nodeKind sh:Literal ] )",
        "sh:path :next ; sh:qualifiedValueShape :S ; sh:qualifiedMaxCount 0",
        "sh:node [ sh:not [ sh:property [ sh:path :next ; sh:node :S ] ] ]",
    ],
)
def test_a_cycle_through_a_negation_is_cut_there_and_named(constraint):
    shapes = f":S sh:targetNode :a ; {constraint} . :T sh:targetNode :a ; sh:nodeKind sh:Literal ."
    report = validated(shapes, ":a :next :a .")
    assert found(report) == [("NodeKind", "a")]
    assert [fault.name for fault in report.unchecked] == ["urn:x:S"]
    assert "through a negation" in report.unchecked[0].reason
    assert not report.complete


def test_a_property_shape_of_itself_reports_once() -> None:
    shapes = ":P sh:targetNode :a ; sh:path :next ; sh:minCount 1 ; sh:property :P ."
    report = validated(shapes, ":a :next :a . :x :p :y .")
    assert (found(report), len(report.unchecked)) == ([], 1)


def test_explain_terminates() -> None:
    plan = explain(parse(HEAD + PARTS, RdfFormat.TURTLE))
    assert "as above, until no more nodes fail" in plan
