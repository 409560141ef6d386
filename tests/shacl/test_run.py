"""What can be validated, and what a report contains."""

from __future__ import annotations

import pytest
import rdflib
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from testimonia.errors import InputError, SyntaxFault
from testimonia.shacl import explain, run
from testimonia.validation import pyshacl_engine
from testimonia.validation.columnar_engine import find

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .
:Named sh:targetClass :Person ; sh:property :Name ; sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> :name ) .
:Name sh:path :name ; sh:maxCount 1 ; sh:minLength 2 ; sh:message "Too short"@en, "Zu kurz"@de .
:Idle sh:targetClass :Nobody ; sh:nodeKind sh:IRI .
"""
DATA = """
@prefix : <urn:x:> .
:a a :Person ; :name "A", "Ada" . :b a :Person ; :name "B" ; :age 007 . :c a :Person ; :name "Cy" .
[] a :Person ; :name "D" .
"""
FOUND = {
    ("urn:x:a", "MaxCount"),
    ("urn:x:a", "MinLength"),
    ("urn:x:b", "MinLength"),
    ("urn:x:b", "Closed"),
    ("_:", "MinLength"),
}


@pytest.fixture
def shapes(tmp_path):
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return path


def as_files(suffix, form):
    def make(folder):
        from pyoxigraph import serialize

        path = folder / f"data.{suffix}"
        path.write_bytes(
            serialize((quad.triple for quad in parse(DATA, RdfFormat.TURTLE)), format=form)
        )
        return path

    return make


def as_quads(_):
    return [Quad(*quad.triple, NamedNode("urn:g")) for quad in parse(DATA, RdfFormat.TURTLE)]


def as_store(_):
    store = Store()
    store.extend(as_quads(_))
    return store


def as_dataset(_):
    dataset = rdflib.Dataset()
    dataset.graph(rdflib.URIRef("urn:g")).parse(data=DATA, format="turtle")
    return dataset


@pytest.mark.parametrize(
    "make",
    [
        as_files("nt", RdfFormat.N_TRIPLES),
        as_files("nq", RdfFormat.N_QUADS),
        as_files("ttl", RdfFormat.TURTLE),
        as_files("rdf", RdfFormat.RDF_XML),
        lambda folder: str(as_files("nt", RdfFormat.N_TRIPLES)(folder)),
        lambda folder: [as_files("nt", RdfFormat.N_TRIPLES)(folder)],
        lambda _: parse(DATA, RdfFormat.TURTLE),
        lambda _: [quad.triple for quad in parse(DATA, RdfFormat.TURTLE)],
        as_quads,
        as_store,
        lambda _: rdflib.Graph().parse(data=DATA, format="turtle"),
        as_dataset,
    ],
)
def test_data_from_any_source(make, shapes, tmp_path):
    report = run(make(tmp_path), shapes)
    found = {
        (
            str(row["focus"]).strip("<>") if row["focus"].startswith("<") else "_:",
            row["component"].rpartition("#")[2].removesuffix("ConstraintComponent>"),
        )
        for row in report.frame.iter_rows(named=True)
    }
    assert found == FOUND
    assert report.number == 5
    assert [shape.node.value for shape in report.idle] == ["urn:x:Idle"]


def test_blank_nodes_of_several_files_are_distinct(tmp_path, shapes):
    for number in range(2):
        (tmp_path / f"{number}.nt").write_text(
            f'_:b <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:x:Person> .\n_:b <urn:x:name> "N{number}" .\n'
        )
    assert run([tmp_path / "0.nt", tmp_path / "1.nt"], shapes).conforms
    assert not run([tmp_path / "0.nt", tmp_path / "0.nt"], shapes).totals


def test_a_limit_does_not_change_the_totals(shapes):
    people = [
        triple
        for number in range(50)
        for triple in (
            Triple(NamedNode(f"urn:x:{number}"), NamedNode(RDF_TYPE), NamedNode("urn:x:Person")),
            Triple(NamedNode(f"urn:x:{number}"), NamedNode("urn:x:name"), Literal("")),
        )
    ]
    report = run(people, shapes, limit=7)
    assert report.frame.height == 7
    assert report.number == 50
    assert {shape.node.value: number for shape, number in report.totals.items()} == {
        "urn:x:Name": 50
    }


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_a_report_is_written_whole_or_not_at_all(shapes, tmp_path, monkeypatch):
    report = run(parse(DATA, RdfFormat.TURTLE), shapes)
    target = tmp_path / "report.ttl"
    report.write(target)
    written = {triple.predicate.value for triple in parse(path=target)}
    assert "http://www.w3.org/ns/shacl#resultMessage" in written
    before = target.read_bytes()
    monkeypatch.setattr(type(report), "triples", lambda _: iter([1]))
    with pytest.raises(TypeError):
        report.write(target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.ttl", "shapes.ttl"]


def test_progress_is_reported(shapes):
    steps = []
    run(parse(DATA, RdfFormat.TURTLE), shapes, progress=lambda *step: steps.append(step))
    assert steps == [("triples", 10, None), ("shapes", 0, 2), ("shapes", 1, 2), ("shapes", 2, 2)]


def test_a_report_by_column_is_the_same_graph(tmp_path):
    shapes = """
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .
        :s sh:targetSubjectsOf :p ; sh:closed true ; sh:sparql :c ; sh:property
            [ sh:path ( :p [ sh:inversePath [ sh:zeroOrMorePath :q ] ] ) ; sh:maxCount 0 ; sh:message "No"@en, "Nein"@de ] .
        :c sh:message "{$this} \\"{?value}\\"", "again" ; sh:select "SELECT $this ?value { $this <urn:x:p> ?value }" .
    """
    data = '<urn:x:a> <urn:x:p> "b\\n\\"c" , <urn:x:d> . <urn:x:e> <urn:x:p> _:f .'
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    report.write(tmp_path / "report.nt")
    written = [quad.triple for quad in parse(path=tmp_path / "report.nt")]
    assert report.number == 8

    def canonical(triples):
        dataset = Dataset(Quad(*triple) for triple in triples)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return dataset

    assert canonical(written) == canonical(report.triples())


def test_all_messages_of_a_shape_are_reported(shapes):
    rows = run(parse(DATA, RdfFormat.TURTLE), shapes).frame
    (messages,) = {
        tuple(row) for row in rows.filter(rows["component"].str.contains("MinLength"))["messages"]
    }
    assert sorted(messages) == ['"Too short"@en', '"Zu kurz"@de']


def test_faults_in_files_are_reported_with_their_place(tmp_path, shapes):
    path = tmp_path / "data.nt"
    path.write_text("<urn:a> <urn:p> <urn:b> .\n<urn:a> <urn:p> nothing .\n")
    with pytest.raises(SyntaxFault) as caught:
        run(path, shapes)
    assert (caught.value.place.path, caught.value.place.line) == (path, 2)
    path.write_bytes(b'<urn:a> <urn:p> "\xff" .\n')
    with pytest.raises(InputError):
        run(path, shapes)
    with pytest.raises(InputError):
        run(tmp_path / "absent.nt", shapes)


def test_a_byte_order_mark_is_accepted(tmp_path, shapes):
    path = tmp_path / "data.nt"
    path.write_bytes(b'\xef\xbb\xbf<urn:x:a> <urn:x:name> "Ada" .\n')
    assert run(path, shapes).conforms


def test_findings_are_those_of_the_reference():
    def read(source):
        return list(parse(source, RdfFormat.TURTLE))

    def summary(findings):
        return sorted(
            (
                "_:" if isinstance(each.focus, BlankNode) else str(each.focus),
                each.component,
                str(each.path),
                str(each.value),
                each.shape,
                each.severity,
            )
            for each in findings
        )

    ours = find(read(DATA), read(SHAPES)).findings
    assert summary(ours) == summary(pyshacl_engine.run(read(DATA), read(SHAPES)))
    assert {each.message for each in ours if "MinLength" in each.component} == {"Too short"}


def test_the_plan_says_what_is_read_and_done(shapes):
    assert explain(shapes).splitlines() == [
        "read the triples of every predicate: a closed shape or a query may look at any",
        "urn:x:Named",
        "  focus nodes: instances of urn:x:Person and its subclasses",
        "  property shape urn:x:Name",
        "    value nodes: <urn:x:name>",
        "    MaxCount: count values by focus node; keep more than 1",
        "    MinLength: test each different value once: at least 2 characters",
        "  Closed: join values with all triples; anti-join 2 predicates",
        "urn:x:Idle",
        "  focus nodes: instances of urn:x:Nobody and its subclasses",
        "  NodeKind: test each different value once: sh:IRI",
    ]


def test_triple_terms_in_shapes_and_answers_are_terms_like_others():
    shapes = """
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .
    :Target sh:targetNode <<( :a :p "o" )>> ; sh:nodeKind sh:IRI ; sh:hasValue <<( :a :p "x" )>> ;
        sh:sparql [ sh:select "SELECT $this ?value { ?s <urn:x:says> $this BIND ($this AS ?value) }" ] .
    :Value sh:targetNode :b ; sh:property [ sh:path :says ; sh:in ( <<( :a :p "o" )>> ) ] .
    """
    data = '@prefix : <urn:x:> . :b :says <<( :a :p "o" )>> , <<( :a :p "z" )>> .'
    report = run(parse(data, RdfFormat.TURTLE), parse(shapes, RdfFormat.TURTLE))
    a, p, b = (NamedNode(f"urn:x:{name}") for name in "apb")
    said, other = Triple(a, p, Literal("o")), Triple(a, p, Literal("z"))
    written = Dataset(parse(report.serialize(), RdfFormat.TURTLE))
    sh = "http://www.w3.org/ns/shacl#"
    found = {
        (str(kind.object).rpartition("#")[2].rstrip(">"), focus.object, value.object)
        for focus in written.quads_for_predicate(NamedNode(sh + "focusNode"))
        for kind in written.quads_for_subject(focus.subject)
        if kind.predicate == NamedNode(sh + "sourceConstraintComponent")
        for value in written.quads_for_subject(focus.subject)
        if value.predicate == NamedNode(sh + "value")
    }
    assert found == {
        ("NodeKindConstraintComponent", said, said),
        ("SPARQLConstraintComponent", said, said),
        ("InConstraintComponent", b, other),
    }
    reported = {message for row in report.frame["messages"] for message in row}
    missing = Literal('The value <<( <urn:x:a> <urn:x:p> "x" )>> is missing')
    assert str(missing) in reported
