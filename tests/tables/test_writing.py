"""Claim tables come out as N-Quads that every reader takes, whatever the cells hold."""

from __future__ import annotations

import gzip
import io

import polars as pl
import pytest
import rdflib
from claim_rows import rows_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.errors import TableError
from testimonia.namespaces import PREFIXES, TMC, TMN
from testimonia.tables.cell_terms import encoded
from testimonia.tables.columns import Table
from testimonia.tables.schema import TABLES, by_name
from testimonia.tables.to_quads import QuadWriter, blocks

ID = "https://w3id.org/testimonia/id/"
GRAPH = "https://example.org/graph"
HOSTILE = st.text(
    st.one_of(
        st.sampled_from('\\"\n\r\t\0 <>{}|^`%#[]:/?é\u200f\ufdd0\ufffe\U0001f4a5\x7f\x85\u2028'),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=12,
)
CLAIM = {
    "id": ["one"],
    "claimant": ["ada"],
    "stance": ["asserts"],
    "proposition": ["two-killed"],
    "stated_in": ["report"],
    "voice": ["narration"],
}


def read(written: pl.Series) -> set[Quad]:
    return set(parse("".join(written), RdfFormat.N_QUADS))


def iri(path: str) -> NamedNode:
    return NamedNode(ID + path)


def claim(**cells: object) -> pl.DataFrame:
    return pl.DataFrame(CLAIM | {name: [cell] for name, cell in cells.items()})


def test_a_row_becomes_its_statements() -> None:
    frame = claim(
        label="On the dead",
        verbatim_quantity="more than 70",
        passage=["report#char=0,5", "https://example.org/d#char=1,2"],
    )
    frame = frame.with_columns(pl.lit("عن القتلى").alias("label@ar"))
    one, graph = iri("claim/one"), NamedNode(GRAPH)
    label = NamedNode(PREFIXES["rdfs"] + "label")
    assert read(blocks(by_name("claims"), frame, GRAPH)) == {
        Quad(one, p, o, graph)
        for p, o in [
            (NamedNode(PREFIXES["rdf"] + "type"), TMN.Claim),
            (TMN.claimant, iri("agent/ada")),
            (TMN.stance, TMC["asserts"]),
            (TMN.proposition, iri("proposition/two-killed")),
            (TMN.statedIn, iri("document/report")),
            (TMN.voice, TMC["narration"]),
            (label, Literal("On the dead", language="en")),
            (label, Literal("عن القتلى", language="ar")),
            (TMN.verbatimQuantity, Literal("more than 70")),
            (TMN.passage, iri("document/report#char=0,5")),
            (TMN.passage, NamedNode("https://example.org/d#char=1,2")),
        ]
    }


def test_a_passage_comes_with_its_selector() -> None:
    frame = pl.DataFrame(
        {"id": ["d#char=3,9"], "document": ["d"], "start": [3], "end": [9], "digest": ["0" * 64]}
    )
    passage, selector = iri("document/d#char=3,9"), iri("document/d#selector=3,9")
    number = NamedNode(PREFIXES["xsd"] + "nonNegativeInteger")
    oa, type_ = PREFIXES["oa"], NamedNode(PREFIXES["rdf"] + "type")
    assert read(blocks(by_name("passages"), frame)) == {
        Quad(passage, type_, TMN.Passage),
        Quad(passage, NamedNode(oa + "hasSource"), iri("document/d")),
        Quad(passage, NamedNode(oa + "hasSelector"), selector),
        Quad(passage, TMN.passageDigest, Literal("0" * 64)),
        Quad(selector, type_, NamedNode(oa + "TextPositionSelector")),
        Quad(selector, NamedNode(oa + "start"), Literal("3", datatype=number)),
        Quad(selector, NamedNode(oa + "end"), Literal("9", datatype=number)),
    }


def test_empty_cells_say_nothing_and_zero_says_zero() -> None:
    frame = pl.DataFrame(
        {
            "id": ["none", "unknown"],
            "type": [["CasualtyProposition"]] * 2,
            "about": [["e"]] * 2,
            "gloss": ["nobody was killed", "some were killed"],
            "victims": ["", None],
            "lower_bound": [0, None],
            "aggregates": [[], [None]],
        },
        schema_overrides={"aggregates": pl.List(pl.String)},
    )
    written = blocks(by_name("propositions"), frame)
    assert [text.count("\n") for text in written] == [4, 3]
    assert written[0].count('"0"^^') == 1


def test_class_names_may_be_curies() -> None:
    frame = pl.DataFrame({"id": ["m"], "type": [["org:Role", "Event"]], "label": ["x"]})
    found = read(blocks(by_name("events"), frame.with_columns(event_type=pl.lit(["raid"]))))
    types = {quad.object.value for quad in found if quad.predicate.value.endswith("#type")}
    assert types == {PREFIXES["org"] + "Role", PREFIXES["tmn"] + "Event"}


@pytest.mark.filterwarnings("ignore:Dataset.default_context")  # of rdflib's own reader
@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_no_text_makes_an_invalid_line(texts: list[str]) -> None:
    frame = pl.concat([claim(id=text, label=text, verbatim_quantity=text) for text in texts])
    frame = frame.with_columns(claimant=pl.col("id"), passage=pl.concat_list("id", "id"))
    written = "".join(blocks(by_name("claims"), frame, GRAPH))
    found = list(parse(written, RdfFormat.N_QUADS))
    assert len(found) == written.count("\n")
    literals = {q.object.value for q in found if isinstance(q.object, Literal)}
    assert literals == set(texts)
    assert {q.subject.value for q in found} == {
        text if text.startswith(("http://", "https://", "urn:")) else ID + "claim/" + encoded(text)
        for text in texts
    }
    others = rdflib.Dataset(default_union=True)
    others.parse(data=written, format="nquads")
    assert {str(o) for o in others.objects(predicate=rdflib.RDFS.label)} == set(texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("50%41", "50%41"),
        ("[a]|{b}", "%5Ba%5D%7Cb%7D".replace("%7Cb", "%7C%7Bb")),
        ("حمص/é", "حمص/é"),
        ("a\u00a0b\u2028–’\u200f\u3000", "a%C2%A0b%E2%80%A8–’%E2%80%8F%E3%80%80"),  # noqa: RUF001
        ("d#record=1#2", "d#record=1%232"),
        ("\ufdd0\ue000", "%EF%B7%90%EE%80%80"),
    ],
)
def test_what_may_not_stand_in_an_iri_is_encoded(text: str, expected: str) -> None:
    assert encoded(text) == expected
    assert NamedNode(ID + encoded(text)).value == ID + expected


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("claims", {"stance": None}, "column stance, row 1 needs a value"),
        ("claims", {"mood": "x"}, "column mood needs to be a column of this table: id, label"),
        ("claims", {"label@1x": "x"}, "column label@1x needs a language tag"),
        ("claims", {"claimant@en": "x"}, "column claimant@en needs to be a column"),
        ("claims", {"label": 3}, "column label needs text, not Int64"),
        ("claims", {"claimant": "http://a:port/"}, "'http://a:port/', but needs a well-formed IRI"),
        ("propositions", {"lower_bound": -1}, "row 1 holds '-1', but needs a whole number from 0"),
        ("propositions", {"lower_bound": 1.5}, "needs whole numbers, not Float64"),
        ("places", {"latitude": "34,5"}, "holds '34,5', but needs a number in digits"),
        ("bounds", {"not_before": "2026-02-30"}, "needs a date and time with its offset"),
    ],
)
def test_what_cannot_be_written_is_refused(
    table: str, change: dict[str, object], message: str
) -> None:
    needed = [column for column in by_name(table).columns if column.required]
    complete: dict[str, object] = {c.name: ["x"] if c.many else "x" for c in needed}
    frame = pl.DataFrame({name: [cell] for name, cell in (complete | change).items()})
    with pytest.raises(TableError) as caught:
        blocks(by_name(table), frame)
    assert message in str(caught.value)


def test_all_faults_are_counted() -> None:
    frame = pl.concat([claim(), claim(stance=None), claim(stance="")])
    with pytest.raises(TableError, match=r"row 2 needs a value \(2 faults in all\)"):
        blocks(by_name("claims"), frame)


def test_what_recurs_is_written_once() -> None:
    stream = io.BytesIO()
    writer = QuadWriter(stream)
    agents = pl.DataFrame(
        {"id": ["a", "b", "a"], "type": [["Agent"]] * 3, "label": ["A", "B", "A"]}
    )
    writer.write({"agents": agents, "claims": claim()}, {"agents": GRAPH})
    writer.write({"agents": agents.with_columns(label=pl.Series(["A", "B2", "A"]))})
    writer.write({"agents": agents.head(0)})
    lines = stream.getvalue().decode().splitlines()
    # In another graph the same agents are other statements.
    assert writer.rows == {"agents": 4, "claims": 1}
    assert writer.quads == len(lines) == len(set(lines)) == 4 + 6 + 4


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_compressed_batches_make_one_file(compression: str) -> None:
    stream = io.BytesIO()
    writer = QuadWriter(stream, compression)  # type: ignore[arg-type]
    for name in ("one", "two"):
        writer.write({"claims": claim(id=name)})
    if compression == "gzip":
        text = gzip.decompress(stream.getvalue()).decode()
    else:
        text = pl.read_csv(stream.getvalue(), has_header=False, separator="\t", quote_char=None)
        text = "".join(f"{line}\n" for line in text.to_series())
    assert len(list(parse(text, RdfFormat.N_QUADS))) == 2 * 6


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_examples_of_the_definition_can_be_written(table: Table) -> None:
    cells: dict[str, list[object]] = {}
    for column in table.columns:
        cell: object = int(column.example) if column.kind == "integer" else column.example
        cells[column.name] = [[cell] if column.many else cell]
    found = read(blocks(table, pl.DataFrame(cells)))
    constant = len(table.types) == 1
    selector = 2 if table.has_selector else 0
    assert len(found) == len(table.columns) - 1 + constant + selector


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_both_forms_hold_the_same_lines(table: Table, data: st.DataObject) -> None:
    """Row by row, or property by property."""
    frame = data.draw(rows_of(table))
    stream = io.BytesIO()
    QuadWriter(stream).write({table.name: frame}, {table.name: GRAPH})
    rows = (
        frame.select(sorted(frame.columns)).unique(maintain_order=True) if frame.height else frame
    )
    lines = "".join(blocks(table, rows, GRAPH)) if rows.height else ""
    assert sorted(stream.getvalue().decode().split("\n")) == sorted(lines.split("\n"))


def test_the_order_of_columns_distinguishes_no_rows() -> None:
    stream = io.BytesIO()
    writer = QuadWriter(stream)
    writer.write({"claims": claim(), "places": pl.DataFrame({"id": ["a"], "label": ["A"]})})
    writer.write({"places": pl.DataFrame({"label": ["A"], "comment": [None], "id": ["a"]})})
    assert writer.rows == {"claims": 1, "places": 1}


def test_long_lists_and_short_ones_are_written_alike() -> None:
    names = [[f"p{n}" for n in range(length)] for length in (0, 1, 8, 20)]
    frames = [claim(passage=each) for each in names]
    apart = {quad for frame in frames for quad in read(blocks(by_name("claims"), frame))}
    together = read(blocks(by_name("claims"), pl.concat(frames, how="vertical_relaxed")))
    assert together == apart
    assert len(together) == 6 + 20
