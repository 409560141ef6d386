"""Shapes that are not well formed, and recursive ones, are refused before the run."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from testimonia.validation.columnar import Unusable, run

HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix : <urn:x:> .
"""
NODE = ":s sh:targetNode :a ; "
PROPERTY = ":s sh:targetNode :a ; sh:path :p ; "


def refusal(shapes: str) -> Unusable:
    with pytest.raises(Unusable) as caught:
        run([], parse(HEAD + shapes, RdfFormat.TURTLE))
    return caught.value


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        (PROPERTY + "sh:path :q .", "more than one sh:path"),
        (NODE + "a sh:PropertyShape .", "needs an sh:path"),
        (PROPERTY + "a sh:NodeShape .", "cannot have an sh:path"),
        (NODE + "sh:minCount 1 .", "cannot stand in a node shape"),
        (NODE + "sh:uniqueLang true .", "cannot stand in a node shape"),
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
            "not a well-formed property path",
        ),
        (
            NODE + "sh:nodeKind sh:IRI . :shapes sh:entailment :regime .",
            "sh:entailment, which is not supported",
        ),
        (
            NODE + 'sh:nodeKind sh:IRI . :t sh:target [ sh:select "" ] .',
            "sh:target, which is not supported",
        ),
        (NODE + "sh:sparql [] .", "needs an sh:select"),
        (NODE + 'sh:sparql [ sh:select "SELECT $this {" ] .', "not well formed"),
        (NODE + 'sh:sparql [ sh:select "SELECT $this { $this x:p 1 }" ] .', "not well formed"),
    ],
)
def test_ill_formed_shapes_are_refused_with_the_reason(shapes, reason):
    assert reason in str(refusal(shapes))


@pytest.mark.parametrize(
    "shapes",
    [
        NODE + "sh:node :s .",
        NODE + "sh:not :t . :t sh:and ( :u ) . :u sh:property [ sh:path :p ; sh:node :s ] .",
        PROPERTY + "sh:qualifiedValueShape :s ; sh:qualifiedMinCount 1 .",
    ],
)
def test_recursive_shapes_are_refused(shapes):
    refused = refusal(shapes)
    assert "refers to itself" in str(refused)
    assert "→" in str(refused)


def test_every_fault_is_told():
    faults = refusal(":s sh:targetNode :a ; sh:datatype 1 . :t sh:targetNode :a ; sh:in 2 .").faults
    assert [str(fault.node) for fault in faults] == ["<urn:x:s>", "<urn:x:t>"]


def test_ill_formed_shapes_that_nothing_uses_are_passed_over():
    report = run([], parse(HEAD + ":s sh:nodeKind 1 .", RdfFormat.TURTLE))
    assert report.conforms
