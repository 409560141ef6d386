"""Shapes of which a part cannot be used: what is left out, what is refused, and when."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia.shacl import ColumnarReport, Unusable, run

HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix : <urn:x:> .
"""
NODE = ":s sh:targetNode :a ; "
PROPERTY = ":s sh:targetNode :a ; sh:path :p ; "


def refusal(shapes: str) -> Unusable:
    with pytest.raises(Unusable) as caught:
        run([], parse(HEAD + shapes, RdfFormat.TURTLE), strict=True)
    return caught.value


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        (PROPERTY + "sh:path :q .", "more than one sh:path"),
        (NODE + "a sh:PropertyShape .", "needs an sh:path"),
        (PROPERTY + "a sh:NodeShape .", "cannot have an sh:path"),
        (NODE + "sh:minCount 1 .", "not allowed in a node shape"),
        (NODE + "sh:uniqueLang true .", "not allowed in a node shape"),
        (PROPERTY + "sh:minCount 1.0 .", "must be an integer"),
        (PROPERTY + "sh:minCount 1, 2 .", "2 values of"),
        (PROPERTY + 'sh:maxCount "x"^^xsd:integer .', "must be an integer"),
        (NODE + "sh:datatype xsd:string, xsd:integer .", "2 values of"),
        (NODE + 'sh:datatype "xsd:string" .', "must be an IRI"),
        (NODE + 'sh:class "C" .', "must be a class"),
        (NODE + "sh:nodeKind :Resource .", "not a value of sh:nodeKind"),
        (NODE + "sh:minInclusive :a .", "must be a literal"),
        (NODE + "sh:pattern 1 .", "must be a string"),
        (NODE + 'sh:pattern "(" .', "regular expression"),
        (NODE + 'sh:pattern "a" ; sh:flags "z" .', "unknown flag 'z'"),
        (NODE + 'sh:in "a" .', "not a well-formed list"),
        (NODE + "sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .", "not a well-formed list"),
        (NODE + "sh:languageIn ( 1 [] ) .", "list of strings"),
        (NODE + 'sh:closed "yes" .', "must be true or false"),
        (NODE + "sh:closed true ; sh:ignoredProperties ( 1 ) .", "must list IRIs"),
        (NODE + 'sh:severity "grave" .', "must be an IRI"),
        (NODE + "sh:message 1 .", "must be a string"),
        (NODE + "sh:deactivated 1 .", "must be true or false"),
        (NODE + 'sh:node "x" .', "a literal cannot be a shape"),
        (NODE + "sh:property :t . :t sh:minLength 1 .", "has no sh:path"),
        (PROPERTY + "sh:qualifiedValueShape [ sh:class :C ] .", "minimum or a maximum count"),
        (":s sh:targetNode [] .", "must be an IRI or a literal"),
        (':s sh:targetClass "C" .', "must be an IRI"),
        (":s sh:targetNode :a ; sh:path ( :p ) .", "at least two members"),
        (":s sh:targetNode :a ; sh:path [] .", "not a well-formed property path"),
        (
            ":s sh:targetNode :a ; sh:path _:p . _:p sh:inversePath _:p .",
            "its property path contains itself",
        ),
        (
            NODE + "sh:nodeKind sh:IRI . :shapes sh:entailment :regime .",
            "the entailment regime is not supported",
        ),
        (
            NODE + 'sh:nodeKind sh:IRI . :t sh:target [ sh:select "" ] .',
            "its target (sh:target) is of SHACL Advanced Features",
        ),
        (NODE + "sh:sparql [] .", "needs an sh:select"),
        (NODE + 'sh:sparql [ sh:select "SELECT $this {" ] .', "not well formed"),
        (NODE + 'sh:sparql [ sh:select "SELECT $this { $this x:p 1 }" ] .', "not well formed"),
    ],
)
def test_ill_formed_shapes_are_refused_with_the_reason(shapes, reason):
    assert reason in str(refusal(shapes))


def test_every_fault_is_reported():
    faults = refusal(":s sh:targetNode :a ; sh:datatype 1 . :t sh:targetNode :a ; sh:in 2 .").faults
    assert [str(fault.node) for fault in faults] == ["<urn:x:s>", "<urn:x:t>"]


def test_ill_formed_shapes_that_nothing_uses_are_skipped():
    report = run([], parse(HEAD + ":s sh:nodeKind 1 .", RdfFormat.TURTLE))
    assert report.conforms


DATA = ":a :p 1 . :b :p :c ."


def validated(shapes: str, data: str = DATA, **options: bool | None) -> ColumnarReport:
    return run(
        parse(HEAD + data, RdfFormat.TURTLE), parse(HEAD + shapes, RdfFormat.TURTLE), **options
    )


def found(report: ColumnarReport) -> list[tuple[str, str]]:
    """Give the local names of focus nodes and constraint components."""
    return [
        (focus.strip("<>").removeprefix("urn:x:"), component.partition("#")[2].partition("Cons")[0])
        for focus, component in report.frame.select("focus", "component").rows()
    ]


def left_out(report: ColumnarReport) -> list[tuple[str, str]]:
    return [
        (fault.name.removeprefix("urn:x:"), str(fault.component).partition("#")[2].strip(">"))
        for fault in report.unchecked
    ]


MISSING = "sh:property [ sh:path :q ; sh:minCount 1 ] "


@pytest.mark.parametrize(
    ("beside", "component"),
    [
        ("sh:rule [ a sh:TripleRule ]", "rule"),
        ("sh:values [ sh:path :r ]", "values"),
        ('sh:target [ a sh:SPARQLTarget ; sh:select "" ]', "target"),
        ("sh:js [ a sh:JSConstraint ]", "js"),
        ("sh:expression [ sh:path :r ]", "expression"),
        ("sh:minCuont 2", "minCuont"),
    ],
)
def test_other_parts_of_shacl_are_left_out_and_named(beside: str, component: str) -> None:
    report = validated(f"{NODE} {MISSING} ; {beside} .")
    assert found(report) == [("a", "MinCount")]
    assert left_out(report) == [("s", component)]
    assert report.complete is (component in ("rule", "values"))


def test_a_misspelt_term_of_shacl_is_reported_with_a_suggestion() -> None:
    (fault,) = validated(f"{NODE} {MISSING} ; sh:minCuont 2 .").unchecked
    assert str(fault) == "urn:x:s: sh:minCuont is not a term of SHACL; did you mean sh:minCount?"


@pytest.mark.parametrize(
    ("bad", "component"),
    [
        ('sh:pattern "("', "PatternConstraintComponent"),
        ('sh:sparql [ sh:select "SELECT $this {" ]', "SPARQLConstraintComponent"),
        ("sh:datatype 1", "DatatypeConstraintComponent"),
        ("sh:property [ sh:path [ sh:zeroOrMorePaths :p ] ; sh:minCount 1 ]", ""),
        ("sh:property 5", "PropertyConstraintComponent"),
        ("sh:node [ sh:severity 1 ]", ""),
    ],
)
def test_an_ill_formed_part_alone_is_left_out(bad: str, component: str) -> None:
    shapes = f"{NODE} {MISSING} ; {bad} ."
    report = validated(shapes, strict=False)
    assert found(report) == [("a", "MinCount")]
    assert ("s", component) in left_out(report)
    assert not report.complete
    with pytest.raises(Unusable, match="urn:x:s: "):
        validated(shapes)
    elsewhere = shapes.replace("sh:targetNode :a", "sh:targetClass :Nothing")
    assert ("s", component) in left_out(validated(elsewhere))


def test_of_several_queries_the_faulty_one_is_named_by_its_message() -> None:
    query = 'sh:sparql [ sh:message "{}" ; sh:select "{}" ]'
    good = query.format("has p", "SELECT $this { $this <urn:x:p> ?any }")
    bad = query.format("never", "SELECT $this { $this <urn:x:p> }")
    report = validated(f"{NODE} {bad} , {good.removeprefix('sh:sparql ')} .", strict=False)
    assert found(report) == [("a", "SPARQL")]
    assert str(report.unchecked[0]).endswith("(in 'never')")


def test_a_misspelt_path_operator_is_named() -> None:
    reason = str(refusal(":s sh:targetNode :a ; sh:path [ sh:zeroOrMorePaths :p ] ."))
    assert "sh:zeroOrMorePaths is none of " in reason
    assert "did you mean sh:zeroOrMorePath?" in reason


@pytest.mark.parametrize(
    ("negation", "holds"),
    [
        ("sh:not :t", False),
        ("sh:xone ( :t [ sh:nodeKind sh:Literal ] )", False),
        ("sh:node [ sh:not [ sh:node :t ] ]", False),
        ("sh:node :t", True),
        ("sh:or ( :t [ sh:nodeKind sh:Literal ] )", True),
    ],
)
def test_what_was_only_partly_checked_is_not_negated(negation: str, holds: bool) -> None:
    """:a does not conform to all of :t, only to the part that can be checked: no violation may follow."""
    shapes = f'{NODE} {negation} . :t sh:nodeKind sh:IRI ; sh:pattern "(" .'
    report = validated(shapes, strict=False)
    assert found(report) == []
    assert left_out(report)[0] == ("t", "PatternConstraintComponent")
    assert any("negates" in fault.reason for fault in report.unchecked) is not holds
    assert not report.complete


def test_values_that_may_conform_to_an_unreadable_shape_are_not_counted() -> None:
    shapes = (
        ":s sh:targetNode :b ; sh:path :p ; sh:qualifiedValueShape :t ; {} . "
        ":t sh:nodeKind sh:IRI ; sh:datatype 1 ."
    )
    most = validated(shapes.format("sh:qualifiedMaxCount 0"), strict=False)
    assert (found(most), len(most.unchecked)) == ([], 2)
    least = validated(shapes.format("sh:qualifiedMinCount 2"), strict=False)
    assert (found(least), len(least.unchecked)) == ([("b", "QualifiedMinCount")], 1)


@pytest.mark.parametrize(
    ("deep", "depth"),
    [
        ("sh:and ( [ {} ] )", 200),
        ("sh:node [ {} ]", 2000),
        ("sh:not [ {} ]", 200),
        ("sh:property [ sh:path :p ; {} ]", 200),
        ("sh:path [ sh:inversePath [] ] ; sh:node [ {} ]", 200),
    ],
)
def test_shapes_nested_too_deep_are_left_out_with_the_limit(deep: str, depth: int) -> None:
    inner = "sh:nodeKind sh:Literal"
    head, tail = deep.split("{}")
    shapes = NODE + "sh:node [ " + head * depth + inner + tail * depth + " ] ."
    with pytest.raises(Unusable, match=r"64 deep|not a well-formed"):
        validated(shapes, ":a :p :a .", strict=True)
    report = validated(shapes, ":a :p :a .", strict=False)
    assert found(report) == []
    assert not report.complete


def test_shapes_nested_as_deep_as_allowed_are_used() -> None:
    shapes = NODE + "sh:node [ " * 60 + "sh:nodeKind sh:Literal" + " ]" * 60 + " ."
    assert found(validated(shapes, strict=True)) == [("a", "Node")]


def test_paths_nested_too_deep_are_left_out_with_the_limit() -> None:
    path = "[ sh:inversePath " * 2000 + ":p" + " ]" * 2000
    shapes = (
        f":s sh:targetNode :a ; sh:path {path} ; sh:minCount 1 . :t sh:targetNode :a ; {MISSING} ."
    )
    report = validated(shapes, strict=False)
    assert found(report) == [("a", "MinCount")]
    assert str(report.unchecked[0]) == "urn:x:s: its property path is nested more than 64 deep"


DECLARED = (
    ':P sh:declare [ sh:prefix "x" ; sh:namespace "urn:x:" ] , '
    '[ sh:prefix "ro" ; sh:namespace "./" ] , [ sh:prefix "a b" ; sh:namespace "urn:y:" ] . '
)


def test_a_prefix_that_cannot_be_is_no_fault_of_a_query_that_does_not_use_it() -> None:
    query = 'sh:sparql [ sh:prefixes :P ; sh:select "SELECT $this { $this x:p ?any }" ] .'
    report = validated(DECLARED + NODE + query, strict=True)
    assert found(report) == [("a", "SPARQL")]


def test_a_prefix_that_cannot_be_is_named_where_a_query_uses_it() -> None:
    query = 'sh:sparql [ sh:prefixes :P ; sh:select "SELECT $this { $this ro:p ?any }" ] .'
    assert "the prefix 'ro' of './'" in str(refusal(DECLARED + NODE + query))


def test_a_well_known_prefix_need_not_be_declared() -> None:
    query = 'sh:sparql [ sh:select "SELECT $this { $this a owl:Class }" ] .'
    report = validated(NODE + query, ":a a <http://www.w3.org/2002/07/owl#Class> .")
    assert found(report) == [("a", "SPARQL")]
    assert [fault.reason for fault in report.unchecked] == [
        "its query uses the prefix owl: without declaring it; the usual namespace is assumed"
    ]
    assert report.complete


def test_a_component_with_an_ill_formed_parameter_is_left_out_where_it_is_used() -> None:
    component = (
        ":C a sh:ConstraintComponent ; sh:parameter [ sh:path :limit ] , [ sh:path 5 ] ; "
        'sh:validator [ sh:ask "ASK { }" ] . '
    )
    report = validated(component + NODE + MISSING + "; :limit 5 .", strict=False)
    assert found(report) == [("a", "MinCount")]
    assert "the sh:path of a parameter must be an IRI" in report.unchecked[0].reason
    assert validated(component + NODE + MISSING + ".", strict=True).number == 1


def test_a_query_that_fails_over_the_data_is_left_out_by_name() -> None:
    query = 'sh:sparql [ sh:select "SELECT $this { $this ?p ?v FILTER(<urn:x:f>(?v)) }" ] .'
    report = validated(NODE + MISSING + ";" + query)
    assert found(report) == [("a", "MinCount")]
    assert [fault.name for fault in report.unchecked] == ["urn:x:s"]


def test_the_report_graph_says_what_was_left_out(tmp_path: Path) -> None:
    report = validated(NODE + MISSING + "; sh:rule [] . :t a sh:NodeShape ; sh:nodeKind sh:IRI .")
    report.write(tmp_path / "report.nt")
    for written in (report.serialize(), (tmp_path / "report.nt").read_bytes()):
        assert b"Skipped: urn:x:s: the rule (sh:rule)" in written
        assert b"Shapes without a target, which check nothing: urn:x:t" in written
