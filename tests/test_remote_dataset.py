"""A SPARQL endpoint opened as a dataset: the project's own, started here on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from endpoints import Running, endpoint
from scripted import YES, Says, scripted

import testimonia
from testimonia import Dataset
from testimonia.errors import (
    InputError,
    ParameterError,
    QueryError,
    StoreError,
    StoreUnreachable,
    TimeLimitExceeded,
    UnknownQuestion,
    UnknownResource,
)
from testimonia.query.results import GraphResult, Results


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with endpoint(tmp_path_factory.mktemp("remote")) as running:
        yield running


@pytest.fixture(scope="module")
def remote(server: Running) -> Dataset:
    return testimonia.open(server.sparql)


@pytest.fixture(scope="module")
def local() -> Dataset:
    return testimonia.open()


def rows(answer: object) -> set[str]:
    assert isinstance(answer, Results)
    return set(answer.to_csv(labels=True).splitlines())


@pytest.mark.parametrize(
    ("question", "parameters"),
    [
        ("confirmed-figures", {}),
        ("confirmed-figures", {"incident": "event:2025-12-13-palmyra-attack"}),
        ("confirmed-figures", {"include_state_media": True}),
        ("corroboration", {}),
        ("accepted-figures", {"policy": "evidence-grade"}),
    ],
)
def test_questions_give_the_rows_and_labels_of_the_data_at_hand(
    remote: Dataset, local: Dataset, question: str, parameters: dict[str, Any]
) -> None:
    found = remote.ask(question, **parameters)
    assert rows(found) == rows(local.ask(question, **parameters))
    assert len(found) > 0
    assert found.notes == ()


def test_queries_of_every_kind_are_answered(remote: Dataset, local: Dataset) -> None:
    select = "SELECT ?c ?s WHERE { ?c a tmn:Claim ; tmn:stance ?s }"
    assert rows(remote.query(select)) == rows(local.query(select))
    assert remote.query("ASK { ?c a tmn:Claim }") == True  # noqa: E712 - a Boolean
    construct = "CONSTRUCT { ?c tmn:stance ?s } WHERE { ?c tmn:stance ?s }"
    found, expected = remote.query(construct), local.query(construct)
    assert isinstance(found, GraphResult)
    assert isinstance(expected, GraphResult)
    assert list(found) == list(expected)


def test_things_are_described_and_labelled(remote: Dataset, local: Dataset) -> None:
    claim = "claim:damascus-19-three-us-troops-injured"
    found, expected = remote.describe(claim), local.describe(claim)
    assert set(found) >= set(expected)  # the endpoint has derived facts as well
    assert found.about == expected.about
    for language in (None, "ar", "fr-CA, es"):
        for term in ("tmc:killed", "agent:us-central-command", "tmn:Claim", "not an IRI", None):
            label = local.label(term, language=language)
            assert remote.label(term, language=language) == label
    assert remote.label("tmc:killed", language="fr") == "tué"


def test_labels_take_few_requests(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from testimonia.query.remote import RemoteStore

    dataset = testimonia.open(server.sparql)
    answer = dataset.query("SELECT DISTINCT ?s WHERE { ?s a tmn:Claim } LIMIT 100")
    assert isinstance(answer, Results)
    assert len(answer) > 50
    sent = []
    query = RemoteStore.query

    def counted(store: RemoteStore, sparql: str, **more: Any) -> Any:
        sent.append(sparql)
        return query(store, sparql, **more)

    monkeypatch.setattr(RemoteStore, "query", counted)
    assert all(answer.label(row.s) for row in answer)
    assert len(sent) == 1


def test_counts_and_its_own_name(remote: Dataset, local: Dataset, server: Running) -> None:
    assert remote.count_claims() == local.count_claims()
    assert remote.count_statements() == local.count_statements()
    assert repr(remote) == f"<Dataset: SPARQL endpoint {server.sparql}>"
    assert [q.name for q in remote.questions()] == [q.name for q in local.questions()]


REFUSED: dict[str, Callable[[Dataset, Path], object]] = {
    "accept": lambda data, _: data.accept("evidence-grade"),
    "check_passages": lambda data, folder: data.check_passages(folder),
    "coverage": lambda data, folder: data.coverage(folder),
    "derive": lambda data, _: data.derive(),
    "explain": lambda data, _: data.explain("prop:one-interpreter-killed"),
    "facts": lambda data, _: data.facts(),
    "migrate": lambda data, _: data.migrate(),
    "prepare": lambda data, _: data.prepare(),
    "publish": lambda data, folder: data.publish(folder / "release"),
    "quads": lambda data, _: list(data.quads()),
    "quotations": lambda data, folder: data.quotations(folder),
    "reason": lambda data, _: data.reason(),
    "store": lambda data, _: data.store,
    "tables": lambda data, _: data.tables(),
    "to_rdflib": lambda data, _: data.to_rdflib(),
    "validate": lambda data, _: data.validate(),
    "notes": lambda data, _: data.notes(),
    "write_site": lambda data, folder: data.write_site(folder / "site"),
    "write_tables": lambda data, folder: data.write_tables(folder / "tables"),
}
ANSWERED = {
    "ask", "bind", "count_claims", "count_statements", "describe", "explain_shapes", "label",
    "policies", "query", "question", "questions",
}  # fmt: skip
"""What works on an endpoint; `open_read_only` is about a directory."""


def test_what_needs_no_data_works(remote: Dataset, local: Dataset) -> None:
    assert remote.policies() == local.policies() != []
    assert remote.explain_shapes() == local.explain_shapes() != ""
    question = remote.question("confirmed-figures")
    values = {"incident": "event:2025-12-13-palmyra-attack"}
    assert remote.bind(question, values) == local.bind(question, values)


def test_each_public_method_either_works_or_is_refused() -> None:
    public = {name for name in dir(Dataset) if not name.startswith("_")}
    assert {*REFUSED, *ANSWERED, "open_read_only"} == public


@pytest.mark.parametrize("name", REFUSED)
def test_what_needs_the_data_here_is_refused(remote: Dataset, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="this dataset is a SPARQL endpoint, and ") as caught:
        REFUSED[name](remote, tmp_path)
    assert "open these" in caught.value.hint
    assert caught.value.place is not None
    assert list(tmp_path.iterdir()) == []


def test_wrong_input_is_refused_as_it_is_for_files(remote: Dataset) -> None:
    with pytest.raises(UnknownQuestion):
        remote.ask("confirmed-figure")
    with pytest.raises(UnknownResource, match="nothing in the data"):
        remote.ask("confirmed-figures", incident="event:no-such-event")
    with pytest.raises(UnknownResource) as caught:
        remote.describe("event:2025-12-13-palmyra-atack")
    assert "event:2025-12-13-palmyra-attack" in caught.value.hint
    with pytest.raises(ParameterError):
        remote.ask("confirmed-figures", no_parameter=1)
    with pytest.raises((QueryError, StoreError)):
        remote.query("SELECT * WHERE { ?s ?p }")
    with pytest.raises(QueryError):
        remote.query("DELETE WHERE { ?s ?p ?o }")


def test_a_text_stays_a_text_in_queries(remote: Dataset) -> None:
    with pytest.raises(UnknownResource, match="not an IRI"):
        remote.describe("https://example.org/> ?p ?o } #")


def test_misspelt_names_are_noted(remote: Dataset) -> None:
    answer = remote.query("SELECT * WHERE { ?c tmn:stanc ?s }")
    assert "Did you mean tmn:stance" in " ".join(answer.notes)


def test_the_time_limit_holds(remote: Dataset) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with pytest.raises(TimeLimitExceeded):
        remote.query(slow, time_limit=1)


def test_questions_of_the_user_are_asked_there(server: Running, tmp_path: Path) -> None:
    text = "#+ summary: How many?\nSELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c a tmn:Claim }\n"
    prefix = "PREFIX tmn: <https://w3id.org/testimonia/ns#>\n"
    (tmp_path / "how-many.rq").write_text(text.replace("SELECT", f"{prefix}SELECT"))
    dataset = testimonia.open(server.sparql, questions=tmp_path, language="ar")
    answer = dataset.ask("how-many")
    assert isinstance(answer, Results)
    assert answer[0].n == dataset.count_claims()
    assert dataset.languages == ("ar",)


@pytest.mark.parametrize("term", [{"type": "uri", "value": "no IRI"}, {"type": "odd"}, {}])
def test_results_that_are_not_well_formed_are_an_error(term: dict[str, str]) -> None:
    rows = {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term}]}}
    said = Says(content=json.dumps(rows).encode(), headers=YES.headers)
    with scripted(YES) as script:
        dataset = testimonia.open(script.url)
        script.answers = [said]
        with pytest.raises(StoreError, match="not well formed"):
            dataset.query("SELECT ?a { ?a ?b ?c }")
        with pytest.raises(StoreError, match="not well formed"):
            dataset.label("tmc:killed")


ROWS: list[dict[str, Any]] = [
    {"head": {"vars": ["x"]}, "results": {"bindings": []}},
    {
        "head": {"vars": ["x", "y"]},
        "results": {"bindings": [{"x": {"type": "bnode", "value": "b"}}]},
    },
    {"head": {"vars": ["n"]}, "results": {"bindings": [{}]}},
    {"head": {"vars": ["n"]}, "results": {"bindings": []}},
    {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "-"}}]}},
    {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "uri", "value": "x:n"}}]}},
    {"head": {}, "boolean": True},
]


@pytest.mark.parametrize("said", ROWS, ids=lambda said: json.dumps(said)[9:60])
@pytest.mark.parametrize(
    "call",
    [
        lambda dataset: dataset.count_claims(),
        lambda dataset: dataset.count_statements(),
        lambda dataset: dataset.label("tmc:killed"),
        lambda dataset: dataset.describe("tmc:killed"),
    ],
    ids=["claims", "statements", "label", "description"],
)
def test_answers_to_something_else_are_an_error(
    said: dict[str, Any], call: Callable[[Dataset], object]
) -> None:
    with scripted(YES) as script:
        dataset = testimonia.open(script.url)
        script.answers = [Says(content=json.dumps(said).encode(), headers=YES.headers)]
        with pytest.raises(StoreError, match="Check that the URL is that of a SPARQL endpoint"):
            call(dataset)


@pytest.mark.parametrize(
    ("query", "said", "kind"),
    [
        ("ASK {}", ROWS[0], "solutions"),
        ("SELECT * {}", ROWS[-1], "boolean"),
        ("CONSTRUCT WHERE { ?a ?b ?c }", ROWS[-1], "boolean"),
    ],
)
def test_answers_of_another_kind_are_an_error(query: str, said: dict[str, Any], kind: str) -> None:
    with scripted(YES) as script:
        dataset = testimonia.open(script.url)
        script.answers = [Says(content=json.dumps(said).encode(), headers=YES.headers)]
        with pytest.raises(StoreError, match=f"answers a query with {kind}"):
            dataset.query(query)


def test_statements_that_are_not_well_formed_are_an_error() -> None:
    said = Says(content=b"<x:s> <x:p> oh\n", headers={"Content-Type": "application/n-triples"})
    with scripted(YES) as script:
        dataset = testimonia.open(script.url)
        script.answers = [said]
        with pytest.raises(StoreError, match="not well formed"):
            dataset.query("CONSTRUCT WHERE { ?a ?b ?c }")


def test_what_is_for_files_does_not_go_with_an_endpoint(server: Running, tmp_path: Path) -> None:
    for name, value in (
        ("shipped", True),
        ("store", tmp_path),
        ("base", "https://example.org/"),
        ("contexts", {"https://example.org/c": tmp_path}),
    ):
        with pytest.raises(InputError, match=f"{name} cannot be combined"):
            testimonia.open(server.sparql, **{name: value})


def test_what_is_no_endpoint_is_refused(server: Running) -> None:
    with pytest.raises(StoreUnreachable, match="nothing answers"):
        testimonia.open("http://127.0.0.1:9/sparql")
    for path in ("questions", "no-such-page"):
        with pytest.raises(StoreError) as caught:
            testimonia.open(server.root + path)
        assert "download a file" in caught.value.hint
    with pytest.raises(InputError, match="it has a query") as wrong:
        testimonia.open(f"{server.sparql}?query=x")
    assert wrong.value.place is None
    with pytest.raises(InputError, match="user or password"):
        testimonia.open(re.sub("//", "//me:secret@", server.sparql, count=1))
