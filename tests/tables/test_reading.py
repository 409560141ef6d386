"""A graph becomes tables and the same graph again, and what no table holds is in the rest."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import palmyra
import polars as pl
import pytest
from claim_rows import hostile_rows, rows_of
from generated_incidents import quads as generated
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.catalogue import resources
from testimonia.namespaces import IDENTIFIER, PREFIXES, TMN
from testimonia.rdf import files
from testimonia.tables.from_quads import ClaimTables, tables
from testimonia.tables.schema import TABLES, frame_schema
from testimonia.tables.to_quads import QuadWriter

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "tests" / "scenarios").glob("*/data.ttl"))
LABEL = NamedNode(PREFIXES["rdfs"] + "label")
TYPE = NamedNode(PREFIXES["rdf"] + "type")
EVENT_TYPE = NamedNode(PREFIXES["tmn"] + "eventType")
BOMBING = NamedNode(PREFIXES["tmc"] + "bombing")
EVENT = NamedNode(IDENTIFIER + "event/blast")
ENOUGH = [
    Quad(EVENT, TYPE, TMN.Incident),
    Quad(EVENT, EVENT_TYPE, BOMBING),
    Quad(EVENT, LABEL, Literal("Blast", language="en")),
]


def written(found: ClaimTables) -> list[Quad]:
    stream = io.BytesIO()
    found.write(stream)
    return list(parse(stream.getvalue(), RdfFormat.N_QUADS))


def same(quads: Iterable[Quad], found: ClaimTables) -> bool:
    again = written(found)
    assert len(again) == len(set(again))
    return {quad.triple for quad in again} == {quad.triple for quad in quads}


def event(*more: Quad) -> ClaimTables:
    return tables([*ENOUGH, *more])


def test_all_of_palmyra_is_in_the_tables() -> None:
    quads = list(files.read(palmyra.FILES))
    found = tables(quads)
    assert found.rest == ()
    assert same(quads, found)
    heights = {name: frame.height for name, frame in found.items() if frame.height}
    assert heights == {
        "documents": 2,
        "passages": 76,
        "bounds": 21,
        "places": 13,
        "agents": 44,
        "posts": 8,
        "memberships": 8,
        "events": 26,
        "groups": 12,
        "propositions": 93,
        "claims": 105,
    }
    for table in TABLES:
        frame = found[table.name]
        assert frame.select(frame_schema(table).names()).schema == frame_schema(table)
        assert frame["id"].is_sorted()


def test_all_of_every_incident_is_in_the_tables() -> None:
    quads = list(files.read(resources.data()))
    found = tables(quads)
    assert found.rest == ()
    assert same(quads, found)


def test_the_facade_gives_the_same() -> None:
    found = palmyra.opened().tables()
    direct = tables(files.read(palmyra.FILES))
    assert list(found) == [table.name for table in TABLES]
    assert all(found[name].equals(direct[name]) for name in direct)


def test_the_order_of_statements_changes_nothing() -> None:
    quads = list(files.read(resources.data()))
    forwards, backwards = tables(quads), tables(reversed(quads))
    assert all(forwards[name].equals(backwards[name]) for name in forwards)


def test_names_of_ones_own_are_absolute_iris() -> None:
    quads = list(files.read([ROOT / "examples" / "port-alder" / "incident.ttl"]))
    found = tables(quads)
    assert found.rest == ()
    assert same(quads, found)
    assert found["places"]["id"].to_list() == ["https://example.org/id/port-alder"]
    assert found["claims"]["stance"].to_list() == ["asserts", "asserts", "denies"]


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.parent.name)
def test_scenarios(path: Path) -> None:
    quads = list(files.read([path]))
    found = tables(quads)
    assert same(quads, found)
    assert found.rest == ()


def test_selectors_of_other_names_are_in_the_rest_with_their_passages() -> None:
    quads = list(files.read(SCENARIOS[:1]))
    renamed = {
        quad.object: NamedNode("https://example.org/selector/" + str(number))
        for number, quad in enumerate(quads)
        if quad.predicate.value.endswith("hasSelector")
    }
    others = [
        Quad(renamed.get(q.subject, q.subject), q.predicate, renamed.get(q.object, q.object))  # type: ignore[call-overload]
        for q in quads
    ]
    found = tables(others)
    assert same(others, found)
    passages = {quad.subject for quad in others if quad.object == TMN.Passage}
    assert passages
    assert {quad.subject for quad in found.rest} == passages | set(renamed.values())


def test_generated_incidents(tmp_path: Path) -> None:
    quads = generated(tmp_path, claims=2000, seed=3)
    found = tables(quads)
    assert found.rest == ()
    assert same(quads, found)
    assert found["claims"].height >= 2000


def test_rows_with_every_cell_filled() -> None:
    quads = hostile_rows()
    found = tables(quads)
    assert found.rest == ()
    assert same(quads, found)


def test_a_row() -> None:
    found = event(Quad(EVENT, LABEL, Literal("Explosion", language="fr")))
    assert found.rest == ()
    assert found["events"].columns[-1] == "label@fr"
    (row,) = found["events"].to_dicts()
    assert {name: cell for name, cell in row.items() if cell is not None} == {
        "id": "blast",
        "type": ["Incident"],
        "label": "Blast",
        "label@fr": "Explosion",
        "event_type": ["bombing"],
    }


ODD = [
    (TMN.place, Literal("Mirel")),
    (TMN.place, NamedNode("ex:no-http")),
    (LABEL, Literal("Blast")),
    (LABEL, Literal("Blast at noon", language="en")),
    (LABEL, Literal("", language="fr")),
    (TMN.lowerBound, Literal("2", datatype=NamedNode(PREFIXES["xsd"] + "nonNegativeInteger"))),
    (TYPE, NamedNode("http://example.org/Blast")),
    (NamedNode("http://example.org/unknown"), Literal("x")),
]


@pytest.mark.parametrize(("predicate", "term"), ODD, ids=str)
def test_what_no_cell_holds_is_in_the_rest(predicate: NamedNode, term: NamedNode | Literal) -> None:
    quad = Quad(EVENT, predicate, term)
    found = event(quad)
    assert found.rest == (quad,)
    assert found["events"].height == 1


@pytest.mark.parametrize("lexical", ["007", "+7", "-0", "7.0", "9" * 19, " 7"])
def test_a_number_that_a_cell_would_rewrite_is_in_the_rest(lexical: str) -> None:
    agent = NamedNode(IDENTIFIER + "agent/a")
    number = Literal(lexical, datatype=NamedNode(PREFIXES["xsd"] + "nonNegativeInteger"))
    odd = Quad(agent, TMN.minPersons, number)
    label = Quad(agent, LABEL, Literal("A", language="en"))
    found = tables([Quad(agent, TYPE, TMN.UnnamedSource), label, odd])
    assert found.rest == (odd,)
    assert found["agents"]["min_persons"].to_list() == [None]


def test_a_thing_without_required_columns_is_in_the_rest() -> None:
    for left_out in ENOUGH:
        quads = [quad for quad in ENOUGH if quad is not left_out]
        found = tables(quads)
        assert set(found.rest) == set(quads)
        assert sum(frame.height for frame in found.values()) == 0


def test_what_two_graphs_say_is_one_row_and_the_rest_keeps_its_graph() -> None:
    one, other = NamedNode("http://a/1"), NamedNode("http://a/2")
    odd = [Quad(EVENT, LABEL, Literal("Blast"), graph) for graph in (one, other)]
    twice = [Quad(*quad.triple, graph) for quad in ENOUGH for graph in (one, other)]
    found = tables([*twice, *odd])
    assert found["events"].height == 1
    assert list(found.rest) == odd


def test_blank_nodes_are_in_the_rest() -> None:
    text = f"_:b <{TYPE.value}> <{PREFIXES['tmn']}Event> .\n<http://a/s> <http://a/p> _:b ."
    assert len(tables(parse(text, RdfFormat.N_TRIPLES)).rest) == 2


PREDICATES = sorted(
    {TYPE.value, PREFIXES["oa"] + "hasSelector"}
    | {column.property_iri for table in TABLES for column in table.columns if column.predicate}
)
DATATYPES = ["string", "nonNegativeInteger", "decimal", "dateTimeStamp", "integer"]
TEXTS = st.one_of(
    st.sampled_from(["", "7", "007", "1.50", "2026-03-03T00:00:00Z", " | ", "x"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
ODD_LITERALS = st.one_of(
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(PREFIXES["xsd"] + kind)),
        TEXTS,
        st.sampled_from(DATATYPES),
    ),
    st.builds(
        lambda text, tag: Literal(text, language=tag),
        TEXTS,
        st.sampled_from(["en", "fr", "de-AT", "sr-Latn-RS"]),
    ),
)

FRAMES = st.lists(st.sampled_from(TABLES), min_size=1, max_size=4, unique=True).flatmap(
    lambda chosen: st.fixed_dictionaries({table.name: rows_of(table) for table in chosen})
)


@st.composite
def graphs(draw: st.DrawFn) -> list[Quad]:
    """Rows of some tables, written, with odd statements about the same things."""
    stream = io.BytesIO()
    QuadWriter(stream).write(draw(FRAMES))
    quads = list(parse(stream.getvalue(), RdfFormat.N_QUADS))
    nodes = sorted({quad.subject.value for quad in quads}) or ["http://example.org/s"]
    iris = st.sampled_from([*nodes, IDENTIFIER + "event/", "urn:x:y", "ex:y", "http://a/%41#b"])
    odd = st.builds(
        Quad,
        st.sampled_from(nodes).map(NamedNode),
        st.sampled_from(PREDICATES).map(NamedNode),
        st.one_of(iris.map(NamedNode), ODD_LITERALS),
    )
    left_out = draw(st.integers(0, 3))
    return [*quads[left_out:], *draw(st.lists(odd, max_size=6))]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(graphs())
def test_any_graph_comes_back(quads: list[Quad]) -> None:
    found = tables(quads)
    assert same(quads, found)
    again = tables(written(found))
    assert all(found[name].equals(again[name]) for name in found)
    assert again.rest == found.rest


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(frames=FRAMES)
def test_any_rows_come_back_as_they_are(frames: dict[str, pl.DataFrame]) -> None:
    stream = io.BytesIO()
    QuadWriter(stream).write(frames)
    found = tables(parse(stream.getvalue(), RdfFormat.N_QUADS))
    assert found.rest == ()
    for name, frame in frames.items():
        assert found[name].equals(frame.sort("id")), name
