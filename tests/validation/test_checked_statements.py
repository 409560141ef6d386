"""Statements in columns: read from files as from quads, in order, and selected for each check."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import palmyra
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import RDFS, TMN
from testimonia.query.graph_names import COMPUTED, is_computed
from testimonia.rdf import files
from testimonia.validation import Report, check
from testimonia.validation.checked_statements import Statements

EX = "https://example.org/"
GRAPH = "https://w3id.org/testimonia/id/graph/"


def iri(name: str) -> NamedNode:
    return NamedNode(EX + name)


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
ex:Claim a sh:NodeShape ; sh:targetClass tmn:Claim ; sh:closed true ;
    sh:ignoredProperties ( rdf:type tmn:gloss tmn:passage tmn:statedIn tmn:voice tmn:verbatimQuantity ) ;
    sh:property [ sh:path tmn:claimant ; sh:minCount 1 ; sh:class tmn:Agent ] ,
        [ sh:path tmn:stance ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
ex:Bounds a sh:NodeShape ; sh:targetClass tmn:TimeBounds ; sh:property
    [ sh:path tmn:notBefore ; sh:minCount 1 ; sh:datatype xsd:dateTimeStamp ] .
ex:Named a sh:NodeShape ; sh:targetSubjectsOf rdfs:label ; sh:property
    [ sh:path rdfs:label ; sh:languageIn ( "en" ) ; sh:uniqueLang true ] .
ex:Idle a sh:NodeShape ; sh:targetClass ex:Nothing ; sh:nodeKind sh:IRI .
"""


def checked(data: list[Path] | list[Quad], placed: list[Path]) -> Report:
    shapes = placed[0].with_name("shapes.ttl")
    shapes.write_text(SHAPES, encoding="utf-8")
    ontology = files.read(resources.ontology())
    return check(data, ontology=ontology, shapes=[shapes], data_files=placed)


def faulty(quads: list[Quad], seed: int) -> list[Quad]:
    """Put faults of many kinds into data: what is left out, misspelt, said twice or of another kind."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    found: list[Quad] = []
    for quad in quads:
        subject, predicate, value, graph = quad
        match chance.randrange(60):
            case 0:
                continue
            case 1:
                predicate = NamedNode(predicate.value + "x")
            case 2 if isinstance(value, NamedNode):
                value = NamedNode(value.value + "x")
            case 3 if isinstance(value, Literal):
                value = Literal(value.value + "1")
            case 4:
                value = BlankNode("b")
            case 5:
                found.append(quad)
            case 6:
                found.append(Quad(subject, predicate, value, NamedNode(GRAPH + "derived/run")))
        found.append(Quad(subject, predicate, value, graph))
    return found


def comparable(report: Report) -> Report:
    """Leave out places, and the labels of blank nodes, which are of one reading alone."""
    return replace(
        report,
        findings=tuple(
            replace(
                each,
                place=None,
                focus=BlankNode("x") if isinstance(each.focus, BlankNode) else each.focus,
                value=BlankNode("x") if isinstance(each.value, BlankNode) else each.value,
            )
            for each in report.findings
        ),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_files_are_checked_like_their_quads(tmp_path: Path, seed: int) -> None:
    given = faulty(list(files.read(palmyra.FILES)), seed)
    lines, graphs = tmp_path / "data.nq", tmp_path / "data.trig"
    serialize(given, lines, RdfFormat.N_QUADS)
    serialize(given, graphs, RdfFormat.TRIG)
    quads = list(files.read([lines]))
    whole = checked(quads, [lines])
    by_line = checked([lines], [lines])
    assert comparable(by_line) == comparable(whole)
    assert comparable(checked([graphs], [graphs])).findings == comparable(whole).findings
    assert [each.place for each in by_line.findings] == [each.place for each in whole.findings]
    assert len({each.component for each in whole.findings}) >= 6
    assert whole.dead_shapes == (EX + "Idle",)
    assert whole.statements == sum(not is_computed(quad.graph_name) for quad in quads)
    assert whole.statements < len(quads)


def test_statements_keep_their_order_and_number(tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text(
        f'<{EX}a>  <{EX}p> "1" .\n'  # not canonical
        f'<{EX}b> <{EX}p> "2" <{EX}g> .\n'
        "\n# nothing\n"
        f'<{EX}\\u0063> <{EX}p> "3" _:g-1 .\n'
        f'<{EX}b> <{EX}p> "2" .\n'
        f"<{EX}d> <{EX}p> <{GRAPH}derived> .\n"  # an object, not a graph
        f'<{EX}e> <{EX}p> "x <{GRAPH}derived>" .\n'
        f'<{EX}f> <{EX}p> "4"@en <{GRAPH}derived> .\n'
        f'<{EX}f>\t<{EX}p> "5" <{GRAPH}accepted/one> .\n'
        f'<{EX}h> <{EX}p> "6" <{GRAPH}derivedx> .\n',
        encoding="utf-8",
    )
    statements = Statements.read([path], without=COMPUTED)
    assert [
        (triple.subject.value[-1], triple.object.value)  # type: ignore[union-attr]
        for triple in statements.triples(statements.rows)
    ] == [
        ("a", "1"),
        ("b", "2"),
        ("c", "3"),
        ("b", "2"),
        ("d", GRAPH + "derived"),
        ("e", f"x <{GRAPH}derived>"),
        ("h", "6"),
    ]


def test_lines_may_end_in_carriage_returns(tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_bytes(
        f'<{EX}a> <{EX}p> "1" .\r<{EX}b> <{EX}p> "2" .\r\n<{EX}c> <{EX}p> "3" .'.encode()
    )
    statements = Statements.read([path])
    found = {str(triple.object) for triple in statements.triples(statements.rows)}
    assert found == {'"1"', '"2"', '"3"'}
    assert statements.rows.height == 3


def test_blank_nodes_of_files_are_not_mixed_up(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one.nt", "two.nq", "three.ttl"))
    for path in (one, two, three):
        path.write_text(f"_:b <{EX}p> _:b .\n_:b <{EX}q> _:c .\n", encoding="utf-8")
    statements = Statements.read([one, two, three])
    assert statements.rows.height == 6
    assert statements.subjects(iri("p")).len() == 3


def test_a_file_with_a_fault_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_text(f"<{EX}a> <{EX}p> <{EX}b> .\n<{EX}a> <{EX}p> .\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Statements.read([path])
    assert str(caught.value.place).startswith(f"{path}:2:")


def test_a_literal_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.nt"
    path.write_text(f'<{EX}a> <{EX}p> "{"x" * (17 << 20)}" .\n', encoding="utf-8")
    with pytest.raises(InputError, match="is longer than"):
        Statements.read([path])


def test_what_a_check_needs_is_selected_in_order() -> None:
    statements = Statements.read(
        [
            Quad(iri("a"), TMN.edtf, Literal("2031")),
            Quad(iri("b"), RDFS.label, Literal("B")),
            Quad(iri("b"), TMN.notBefore, Literal("x")),
            Quad(iri("a"), TMN.notAfter, Literal("y")),
            Quad(iri("a"), RDFS.label, Literal("A")),
            Quad(iri("a"), TMN.edtf, Literal("2031")),
        ],
        [Quad(iri("a"), TMN.edtf, Literal("of the ontology"))],
    )
    dated = statements.about(statements.subjects(TMN.edtf), (TMN.edtf, TMN.notAfter, TMN.notBefore))
    assert [each.object.value for each in dated] == ["2031", "y", "2031"]  # type: ignore[union-attr]
    assert statements.count(TMN.edtf, Literal("2031")) == 2
    named = statements.iris(statements.rows["s"])["iri"].to_list()
    assert sorted(named) == [EX + "a", EX + "b"]
    assert len(list(statements.graph.all_triples())) == 6
