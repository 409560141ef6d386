"""A dataset holds what it was opened with, and answers about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal as OneOf

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

import testimonia
from testimonia.catalogue import resources
from testimonia.errors import (
    InputError,
    ParameterError,
    Place,
    QueryError,
    QuestionError,
    SyntaxFault,
    TimeLimitExceeded,
    UnknownQuestion,
    UnknownResource,
)
from testimonia.query.graph_names import DERIVED
from testimonia.query.results import GraphResult, Results

OWN = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix agent: <https://w3id.org/testimonia/id/agent/> .
agent:a a <https://w3id.org/testimonia/ns#Organization> ;
    rdfs:label "Ein Name"@de, "A name"@en-GB, "Un nom"@fr ; rdfs:comment "01.50" .
agent:b rdfs:label "Wie"@de, "Comment"@fr ; rdfs:seeAlso agent:a .
agent:c rdfs:label "plain", "English"@en ; skos:prefLabel "besser"@de .
"""
SELECT = "SELECT DISTINCT ?a { ?c a tmn:Claim ; tmn:claimant ?a }"
CLAIMS = "SELECT (COUNT(?c) AS ?n) { ?c a tmn:Claim }"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.ttl"
    path.write_text(OWN)
    return path


@pytest.fixture(scope="module")
def shipped() -> testimonia.Dataset:
    return testimonia.open()


def count(dataset: testimonia.Dataset, query: str = CLAIMS) -> int:
    answer = dataset.query(query)
    assert isinstance(answer, Results)
    return answer[0][0]


def test_sources_replace_the_shipped_data(own: Path, shipped: testimonia.Dataset) -> None:
    assert shipped.files == resources.data()
    assert count(shipped) > 0
    assert count(testimonia.open(own)) == 0
    both = testimonia.open(own, shipped=True)
    assert count(both) == count(shipped)
    assert both.label("agent:a") == "A name"
    assert testimonia.open(shipped=False).files == []


def test_ontology_and_codes_are_always_there(own: Path) -> None:
    dataset = testimonia.open(own)
    graphs = dataset.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    assert [row.g for row in graphs] == [
        "https://w3id.org/testimonia/code/",
        "https://w3id.org/testimonia/ontology",
    ]
    assert dataset.label("tmc:killed") == "killed"
    assert dataset.label("tmn:Claim") == "claim"


def test_ontology_passed_as_data_counts_once(own: Path) -> None:
    codes = "SELECT (COUNT(*) AS ?n) { ?c skos:prefLabel ?l }"
    folder = resources.folder("ontology") / "codes"
    assert count(testimonia.open(own, folder), codes) == count(testimonia.open(own), codes)


def test_quads_are_as_published(own: Path) -> None:
    quads = list(testimonia.open(own).quads())
    assert len(quads) == 11
    assert Literal("01.50") in [quad.object for quad in quads]


def test_store_keeps_data_between_runs(own: Path, tmp_path: Path) -> None:
    directory = tmp_path / "store"
    first = testimonia.open(own, store=directory)
    size = len(first.store)
    del first
    again = testimonia.open(store=directory)
    assert again.files == []
    assert len(again.store) == size
    assert again.label("agent:a") == "A name"
    assert len(list(again.quads())) == 11


def test_a_faulty_file_leaves_the_store_unmade(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(OWN)
    (tmp_path / "z.ttl").write_text("<http://a.example/> <")
    with pytest.raises(SyntaxFault):
        _ = testimonia.open(tmp_path, store=tmp_path / "store").store
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("check", ["validate", "reason", "check_passages", "coverage"])
def test_a_store_is_not_checked_for_the_files(own: Path, tmp_path: Path, check: str) -> None:
    """The store writes 01 as 1, and xsd:nonNegativeInteger as xsd:integer."""
    assert len(testimonia.open(own, store=tmp_path / "store").store)
    for dataset in (
        testimonia.open(own, store=tmp_path / "store"),
        testimonia.open(store=tmp_path / "store"),
    ):
        arguments = [tmp_path] if check in ("check_passages", "coverage") else []
        with pytest.raises(InputError, match="a store cannot be checked") as caught:
            getattr(dataset, check)(*arguments)
        assert "Open the RDF files themselves" in caught.value.hint


def test_missing_source() -> None:
    with pytest.raises(InputError, match="no such file"):
        testimonia.open("nowhere.ttl")


@pytest.mark.parametrize(
    ("thing", "label"),
    [("agent:a", "A name"), ("agent:b", "Wie"), ("agent:c", "besser"), ("agent:d", None)],
)
def test_labels(own: Path, thing: str, label: str | None) -> None:
    assert testimonia.open(own).label(thing) == label


@pytest.mark.parametrize("nothing", [None, "", "no IRI", "a b:c"])
def test_an_invalid_iri_has_no_label(own: Path, nothing: str | None) -> None:
    assert testimonia.open(own).label(nothing) is None


def test_plain_labels_take_precedence_over_foreign_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    path.write_text(f'<urn:x:a> {label} "aa"@de .\n<urn:x:a> {label} "zz" .\n')
    assert testimonia.open(path).label("urn:x:a") == "zz"


def test_describe(own: Path) -> None:
    dataset = testimonia.open(own)
    found = dataset.describe("agent:a")
    assert isinstance(found, GraphResult)
    assert found.about == "https://w3id.org/testimonia/id/agent/a"
    assert [str(triple.predicate).rpartition("#")[2] for triple in found] == [
        "type>",
        "comment>",
        "label>",
        "label>",
        "label>",
        "seeAlso>",
    ]
    assert found[-1].subject.value.endswith("agent/b")


@pytest.mark.parametrize(
    ("thing", "message", "hint"),
    [
        ("agent:aa", "nothing in the data has the IRI agent:aa", "Did you mean agent:a or"),
        ("zzz://zzz", "nothing in the data has the IRI zzz://zzz", "Check its spelling."),
        ("a b", "'a b' is not an IRI", "Known prefixes: tmn, tmc"),
    ],
)
def test_describe_nothing(own: Path, thing: str, message: str, hint: str) -> None:
    with pytest.raises(UnknownResource, match=message) as caught:
        testimonia.open(own).describe(thing)
    assert caught.value.hint.startswith(hint)


def test_ask_binds_parameters(shipped: testimonia.Dataset) -> None:
    everything = shipped.ask("confirmed-figures")
    none = shipped.ask("confirmed-figures", incident=None)
    some = shipped.ask("confirmed-figures", include_state_media=True)
    assert isinstance(everything, Results)
    assert isinstance(some, Results)
    assert list(everything) == list(none)
    assert {*map(tuple, everything)} < {*map(tuple, some)}
    event = everything[0].event
    assert len(shipped.ask("confirmed-figures", incident=event)) == sum(
        1 for row in everything if row.event == event
    )


@pytest.mark.parametrize("name", ["palmyra", "event:palmyra"])
def test_a_place_is_not_an_event_of_the_same_name(shipped: testimonia.Dataset, name: str) -> None:
    with pytest.raises(UnknownResource, match="IRI event:palmyra") as caught:
        shipped.ask("confirmed-figures", incident=name)
    assert "place:palmyra" in str(caught.value.hint)


def test_ask_refuses_what_it_cannot_answer(shipped: testimonia.Dataset) -> None:
    with pytest.raises(UnknownQuestion):
        shipped.ask("confirmed")
    with pytest.raises(UnknownResource, match="IRI event:nowhere"):
        shipped.ask("confirmed-figures", incident="event:nowhere")
    with pytest.raises(ParameterError, match="cannot be 'perhaps'"):
        shipped.ask("confirmed-figures", include_state_media="perhaps")
    with pytest.raises(TimeLimitExceeded):
        shipped.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", time_limit=0.2)


def test_every_question_is_listed(shipped: testimonia.Dataset) -> None:
    found = shipped.questions()
    assert [question.name for question in found] == [path.stem for path in resources.queries()]
    assert all(question.summary.endswith("?") for question in found)


def test_a_question_is_bound_to_what_the_data_have(shipped: testimonia.Dataset) -> None:
    question = shipped.question("confirmed-figures")
    incident = "event:2025-12-13-palmyra-attack"
    assert shipped.bind(question, {"incident": incident}) == question.bind({"incident": incident})
    with pytest.raises(UnknownResource, match="IRI event:nowhere"):
        shipped.bind(question, {"incident": "event:nowhere"})


def test_after_preparing_no_question_writes() -> None:
    dataset = testimonia.open()
    dataset.prepare()
    before = dataset.store.sizes()
    for question in dataset.questions():
        if not any(parameter.required for parameter in question.parameters.values()):
            dataset.ask(question.name)
    assert dataset.store.sizes() == before


@pytest.mark.parametrize("form", ["csv", "parquet", "normalised", "xlsx"])
def test_claim_tables_are_written_with_what_fits_none(
    own: Path, tmp_path: Path, form: OneOf["csv", "parquet", "normalised", "xlsx"]
) -> None:
    output = tmp_path / ("out.xlsx" if form == "xlsx" else "out")
    found = testimonia.open(own).write_tables(output, format=form)
    rest = tmp_path / "out.xlsx.rest.nq" if form == "xlsx" else output / "rest.nq"
    assert set(parse(path=rest)) == set(found.rest) != set()
    written = testimonia.open().write_tables(tmp_path / "shipped", format="parquet")
    names = {name for name, frame in written.items() if frame.height}
    assert {path.stem for path in (tmp_path / "shipped").glob("*.parquet")} >= names


def test_claim_tables_are_not_written_over_data_or_in_no_form(own: Path, tmp_path: Path) -> None:
    dataset = testimonia.open(own)
    before = own.read_bytes()
    with pytest.raises(InputError):
        dataset.write_tables(own, format="xlsx")
    assert own.read_bytes() == before
    with pytest.raises(InputError, match="'ods'") as caught:
        dataset.write_tables(tmp_path / "out", format="ods")  # type: ignore[arg-type]
    assert "parquet" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_shapes_are_explained_without_data(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:x:shape> a sh:NodeShape ; "
        "sh:targetClass <urn:x:Kind> ; sh:property [ sh:path <urn:x:p> ; sh:minCount 3 ] ."
    )
    dataset = testimonia.open(store=None)
    plan = dataset.explain_shapes([tmp_path])
    assert "urn:x:shape" in plan
    assert "store" not in vars(dataset)
    assert plan != dataset.explain_shapes()
    with pytest.raises(InputError):
        dataset.explain_shapes([tmp_path / "none.ttl"])


def test_repr_of_a_dataset(tmp_path: Path) -> None:
    data = tmp_path / "own.nt"
    data.write_text("<urn:a> <urn:b> <urn:c> .\n")
    dataset = testimonia.open(data)
    assert repr(dataset) == "<Dataset: own.nt; not yet read>"
    count = len(dataset.store)
    assert repr(dataset) == "<Dataset: own.nt; 1 statement, 0 claims>"
    assert repr(dataset.store) == f"<Store in memory: {count:,} statements>"
    kept = testimonia.open(data, store=tmp_path / "kept")
    assert repr(kept) == f"<Dataset: own.nt; store {tmp_path / 'kept'}; not yet read>"
    graph = rdflib.Graph().parse(data=OWN, format="turtle")
    several = testimonia.open(graph, [data] * 2, *_copies(data, 4))
    assert repr(several).startswith("<Dataset: own.nt, 0.nt, 1.nt and 2 more files; rdflib: 11 st")
    assert repr(testimonia.open([])) == "<Dataset: not yet read>"


def _copies(path: Path, number: int) -> Iterator[Path]:
    for each in range(number):
        copy = path.with_name(f"{each}.nt")
        copy.write_bytes(path.read_bytes())
        yield copy


def test_only_data_are_counted(shipped: testimonia.Dataset) -> None:
    statements, claims = len(set(shipped.quads())), count(shipped)
    shipped.derive()
    assert (shipped.count_statements(), shipped.count_claims()) == (statements, claims)
    assert repr(shipped).endswith(f" more files; {statements:,} statements, {claims:,} claims>")


def test_lists_of_paths_are_opened(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.nt", "b.nt", "c.nt")]
    for path in paths:
        path.write_text("<urn:a> <urn:b> <urn:c> .\n")
    assert testimonia.open(paths[:2], str(paths[2])).files == paths
    assert testimonia.open(tuple(paths)).files == paths
    assert testimonia.open(iter(paths)).files == paths
    assert testimonia.open([]).files == []
    for wrong in (7, None, b"a.nt", [paths, 3.5], {"a.nt": 1}, parse(OWN, RdfFormat.TURTLE)):
        with pytest.raises(InputError, match="is neither a path nor an rdflib graph") as caught:
            testimonia.open(wrong)  # type: ignore[arg-type]
        assert "or rdflib graphs." in caught.value.hint


def test_rdflib_graphs_are_opened_as_they_are(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    dataset = rdflib.Dataset()
    dataset.graph(rdflib.URIRef("urn:g")).parse(own)
    dataset.graph(rdflib.URIRef(f"{DERIVED.value}/rule")).parse(own)
    opened = testimonia.open(dataset)
    assert {quad.graph_name for quad in opened.quads()} == {NamedNode("urn:g")}
    assert {quad.triple for quad in opened.quads()} == triples(testimonia.open(own))
    dataset.remove((None, None, None, None))  # type: ignore[arg-type]
    assert opened.label("agent:a") == "A name"
    assert opened.count_statements() == 11
    assert testimonia.open([own, rdflib.Graph()], dataset).count_statements() == 11
    assert testimonia.open(rdflib.Graph()).count_statements() == 0


def test_rdflib_graphs_are_checked_and_kept_as_files_are(own: Path, tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(own)
    found = testimonia.open(graph).validate()
    other = testimonia.open(own).validate()
    assert found.statements == other.statements == 11
    assert [f.message for f in found.findings] == [f.message for f in other.findings]
    assert not any(finding.place for finding in found.findings)
    assert len(testimonia.open(graph).migrate().quads) == 11
    kept = tmp_path / "kept"
    testimonia.open(graph, store=kept).derive()
    assert testimonia.open(store=kept).label("agent:a") == "A name"
    with pytest.raises(InputError, match="a store cannot be checked"):
        testimonia.open(graph, store=kept).validate()


def test_an_rdflib_graph_that_is_not_rdf_is_refused() -> None:
    graph = rdflib.Graph()
    graph.add((rdflib.URIRef("a"), rdflib.URIRef("urn:b"), rdflib.Literal(1)))
    with pytest.raises(InputError, match="not an RDF statement"):
        testimonia.open(graph)


def test_a_dataset_becomes_an_rdflib_graph(own: Path) -> None:
    graph = testimonia.open(own).to_rdflib()
    assert len(graph) == 11
    assert rdflib.Literal("01.50") in set(graph.objects())
    assert "agent:b rdfs:label" in graph.serialize(format="turtle")
    assert {quad.triple for quad in testimonia.open(graph).quads()} == triples(testimonia.open(own))


def triples(dataset: testimonia.Dataset) -> set[Triple]:
    return {quad.triple for quad in dataset.quads()}


def test_a_misspelt_path_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "claims.ttl").touch()
    for wrong, meant in (("folder/clams.ttl", "folder/claims.ttl"), ("foldr/x.ttl", "folder")):
        with pytest.raises(InputError) as caught:
            testimonia.open(tmp_path / wrong)
        assert caught.value.hint == f"Did you mean {tmp_path / meant}?"
    with pytest.raises(InputError) as caught:
        testimonia.open(tmp_path / "quite-another")
    assert caught.value.hint.startswith("Check the spelling")


def test_an_address_among_files_is_not_fetched(own: Path) -> None:
    address = "https://example.org/a.ttl"
    for sources in ([Path(address)], [[address]], [own, address], [address, address]):
        with pytest.raises(InputError, match="no such file") as caught:
            testimonia.open(*sources)
        assert caught.value.hint.startswith("This is a URL, and nothing is fetched")


def question_file(folder: Path, name: str = "speakers", select: str = SELECT) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.rq"
    path.write_text(f"#+ summary: Who speaks?\n#+ needs: derived\n{select}\n")
    return path


def test_own_questions_are_asked_beside_the_others(tmp_path: Path) -> None:
    question_file(tmp_path / "a", "speakers")
    question_file(tmp_path / "b", "kin")
    question_file(tmp_path / "b", "._kin", "left by a file manager")
    dataset = testimonia.open(questions=[tmp_path / "a", str(tmp_path / "b"), tmp_path / "a"])
    found = [question.name for question in dataset.questions()]
    assert found == [*(path.stem for path in resources.queries()), "speakers", "kin"]
    assert dataset.question("kin").summary == "Who speaks?"
    assert len(dataset.ask("speakers")) == count(
        dataset, SELECT.replace("DISTINCT ?a", "(COUNT(DISTINCT ?a) AS ?n)")
    )
    assert len(dataset.ask("confirmed-figures")) > 0
    assert "kin" not in [question.name for question in testimonia.open().questions()]
    with pytest.raises(UnknownQuestion, match="'speaker'") as caught:
        dataset.question("speaker")
    assert "Did you mean speakers" in caught.value.hint


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    taken = question_file(tmp_path / "a", "confirmed-figures")
    with pytest.raises(
        QuestionError, match="there is another question named 'confirmed-figures': /"
    ) as caught:
        testimonia.open(questions=tmp_path / "a")
    assert caught.value.place == Place(taken)
    one, other = question_file(tmp_path / "b"), question_file(tmp_path / "c")
    with pytest.raises(QuestionError, match=f"named 'speakers': {one}") as caught:
        testimonia.open(questions=[one.parent, other.parent])
    assert caught.value.place == Place(other)


def test_folders_without_questions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder holds no questions") as caught:
        testimonia.open(questions=tmp_path)
    assert caught.value.place == Place(tmp_path)
    with pytest.raises(InputError, match="folder holds no questions"):
        testimonia.open(questions=question_file(tmp_path))
    with pytest.raises(InputError, match="no such file or directory"):
        testimonia.open(questions=tmp_path / "nowhere")
    with pytest.raises(InputError, match="is neither a path"):
        testimonia.open(questions=7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("select", "message", "line"),
    [("SELECT * {", "not well formed", 3), ("SELECT * { SERVICE <urn:x> {} }", "SERVICE", 3)],
)
def test_errors_in_an_own_question_have_its_place(
    tmp_path: Path, select: str, message: str, line: int
) -> None:
    path = question_file(tmp_path, select=select)
    with pytest.raises(QueryError, match=message) as caught:
        testimonia.open(questions=tmp_path).ask("speakers")
    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == (path, line)
