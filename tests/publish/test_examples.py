"""The questions, published as SPARQL examples, ask the same as their files."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest
import rdflib
import releases
from rdflib import RDF, RDFS, SDO, SH
from rdflib.plugins.sparql import prepareQuery

import testimonia
from testimonia.catalogue import resources
from testimonia.catalogue.questions import read_question
from testimonia.errors import QuestionError
from testimonia.publish.descriptions.examples import examples
from testimonia.publish.folder.release import Release, Resources

QUESTION = "https://w3id.org/testimonia/question/"
NAMES = sorted(path.stem for path in resources.queries())
VALUES = {
    "claim-provenance": {"claim": "claim:istanbul-10-two-us-troops-killed"},
    "accepted-figures": {"policy": "policy:official-only"},
}


@pytest.fixture(scope="module")
def graph(release: Release) -> rdflib.Graph:
    (text,) = releases.artefacts(examples, release).values()
    return rdflib.Graph().parse(data=text, format="turtle")


def text_of(graph: rdflib.Graph, name: str) -> str:
    (text,) = graph.objects(rdflib.URIRef(QUESTION + name), SH.select)
    return str(text)


def test_every_question_is_an_example(graph: rdflib.Graph) -> None:
    made = set(graph.subjects(RDF.type, SH.SPARQLExecutable))
    assert {str(each).removeprefix(QUESTION) for each in made} == set(NAMES)
    assert made == set(graph.subjects(RDF.type, SH.SPARQLSelectExecutable))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_found_by_what_it_says(graph: rdflib.Graph, name: str) -> None:
    question = read_question(resources.folder("queries") / f"{name}.rq")
    example = rdflib.URIRef(QUESTION + name)
    assert list(graph.objects(example, RDFS.comment)) == [
        rdflib.Literal(question.summary, lang="en")
    ]
    assert {str(each) for each in graph.objects(example, SDO.keywords)} == set(question.tags)
    assert [str(t) for t in graph.objects(example, SDO.target)] == [
        "https://w3id.org/testimonia/sparql"
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_text_parses_elsewhere_and_is_that_of_the_file(graph: rdflib.Graph, name: str) -> None:
    text = text_of(graph, name)
    assert prepareQuery(text).algebra.name == "SelectQuery"
    assert text == (resources.folder("queries") / f"{name}.rq").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def dataset() -> testimonia.Dataset:
    return palmyra.opened()


@pytest.mark.parametrize("name", NAMES)
def test_the_text_answers_as_the_question_does(
    graph: rdflib.Graph, name: str, dataset: testimonia.Dataset, tmp_path: Path
) -> None:
    values = VALUES.get(name, {})
    asked = dataset.ask(name, **values)  # derives first what the question needs
    copy = tmp_path / f"{name}.rq"
    copy.write_text(text_of(graph, name), encoding="utf-8")
    answered = dataset.query(read_question(copy).bind(values))
    assert answered.to_csv() == asked.to_csv()


def test_prefixes_are_declared_for_whoever_takes_a_query_out(graph: rdflib.Graph) -> None:
    (holder,) = set(graph.objects(None, SH.prefixes))
    declared = {
        str(graph.value(each, SH.prefix)): str(graph.value(each, SH.namespace))
        for each in graph.objects(holder, SH.declare)
    }
    assert declared["tmn"] == "https://w3id.org/testimonia/ns#"
    assert declared["xsd"] == "http://www.w3.org/2001/XMLSchema#"
    kinds = {lit.datatype for lit in graph.objects(None, SH.namespace)}
    assert kinds == {rdflib.XSD.anyURI}
    assert not [node for node in graph.all_nodes() if isinstance(node, rdflib.BNode)]


def with_question(tmp_path: Path, text: str) -> Release:
    path = tmp_path / "odd.rq"
    path.write_text(text, encoding="utf-8")
    made = releases.make(tmp_path / "release", releases.shipped()[:5])
    kept = made.resources
    return type(made)(
        **{**vars(made), "resources": Resources(kept.ontology, kept.codes, kept.shapes, (path,))}
    )


def test_other_forms_and_awkward_text(tmp_path: Path) -> None:
    query = '#+ summary: Is there "anything" at all\nASK { ?s ?p """a\\"b\\\\""" }\n'
    (text,) = releases.artefacts(examples, with_question(tmp_path, query)).values()
    graph = rdflib.Graph().parse(data=text, format="turtle")
    (example,) = graph.subjects(RDF.type, SH.SPARQLAskExecutable)
    assert str(graph.value(example, SH.ask)) == query


def test_a_form_without_a_place_is_refused(tmp_path: Path) -> None:
    odd = with_question(tmp_path, "#+ summary: What is it\nDESCRIBE <https://a.example/>\n")
    with pytest.raises(QuestionError, match="not one of SELECT, ASK, CONSTRUCT"):
        releases.artefacts(examples, odd)
