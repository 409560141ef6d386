"""Which shapes have targets, and which are reported because they are not used."""

from __future__ import annotations

from pyoxigraph import RdfFormat, parse

from testimonia.shacl import ColumnarReport, run

HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <urn:x:> .
"""


def validated(shapes: str, data: str) -> ColumnarReport:
    return run(parse(HEAD + data, RdfFormat.TURTLE), parse(HEAD + shapes, RdfFormat.TURTLE))


def test_a_shape_that_is_a_class_of_owl_or_rdfs_targets_its_instances() -> None:
    for kind in ("owl:Class", "rdfs:Class", ":Kind"):
        shapes = f":Kind rdfs:subClassOf owl:Class . :C a sh:NodeShape , {kind} ; sh:nodeKind sh:Literal ."
        report = validated(shapes, ":a a :C . :b a :D . :D rdfs:subClassOf :C .")
        assert report.frame["focus"].to_list() == ["<urn:x:a>", "<urn:x:b>"]


def test_a_class_that_is_not_a_shape_has_no_target() -> None:
    report = validated(":C a owl:Class ; sh:nodeKind sh:Literal .", ":a a :C .")
    assert report.conforms


def test_unused_shapes_are_named() -> None:
    shapes = """
    :Used sh:targetNode :a ; sh:node :Led ; sh:and ( :Member ) ; sh:not [ sh:nodeKind sh:Literal ] .
    :Led a sh:NodeShape ; sh:property :Inner . :Member a sh:NodeShape ; sh:nodeKind sh:IRI .
    :Inner a sh:PropertyShape ; sh:path :p .
    :Lost a sh:NodeShape ; sh:property [ sh:path :p ; sh:minCount 1 ] .
    :Untyped sh:property [ sh:path :p ; sh:minCount 1 ] .
    :Off a sh:NodeShape ; sh:deactivated true ; sh:nodeKind sh:IRI .
    :Empty a sh:NodeShape .
    """
    report = validated(shapes, ":a :p 1 .")
    assert sorted(node.value for node in report.without_target) == ["urn:x:Lost", "urn:x:Untyped"]
    assert (report.conforms, report.complete) == (True, True)


def test_shapes_of_which_none_has_a_target_check_nothing() -> None:
    report = validated(":Lost a sh:NodeShape ; sh:nodeKind sh:Literal .", ":a :p 1 .")
    assert [node.value for node in report.without_target] == ["urn:x:Lost"]
    assert (report.conforms, report.complete) == (True, False)


def test_values_of_component_parameters_count_as_used() -> None:
    shapes = """
    :C a sh:ConstraintComponent ; sh:parameter [ a sh:Parameter ; sh:path :kind ] ;
        sh:validator [ sh:ask "ASK { FILTER ($value != $kind) }" ] .
    :S sh:targetNode :a ; :kind :Named . :Named a sh:NodeShape ; sh:nodeKind sh:IRI .
    """
    assert validated(shapes, ":a :p 1 .").without_target == ()
