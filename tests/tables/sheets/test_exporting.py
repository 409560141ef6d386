"""Tables written as files are read back as the same graph, together with the rest beside them."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from claim_rows import rows_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import IDENTIFIER, PREFIXES, TMN
from testimonia.rdf import files
from testimonia.tables.from_quads import tables
from testimonia.tables.schema import TABLES, by_name, frame_schema
from testimonia.tables.sheets.containers import opened
from testimonia.tables.sheets.exporting import REST, Form, export, normalised
from testimonia.tables.sheets.mapped import map_sheet
from testimonia.tables.to_quads import QuadWriter

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FORMS: list[Form] = ["csv", "xlsx", "parquet"]
EVENT = NamedNode(IDENTIFIER + "event/blast")
LABEL = NamedNode(PREFIXES["rdfs"] + "label")
OTHER_NAME = NamedNode(PREFIXES["skos"] + "altLabel")
ENOUGH = [
    Quad(EVENT, NamedNode(PREFIXES["rdf"] + "type"), TMN.Incident),
    Quad(EVENT, TMN.eventType, NamedNode(PREFIXES["tmc"] + "bombing")),
    Quad(EVENT, LABEL, Literal("Blast", language="en")),
]


def output_of(directory: Path, form: Form) -> Path:
    return directory / ("tables.xlsx" if form == "xlsx" else form)


def rest_of(output: Path, form: Form) -> Path:
    return output.with_name(output.name + "." + REST) if form == "xlsx" else output / REST


def again(quads: list[Quad], directory: Path, form: Form) -> set[str]:
    """Write a graph as files, read them back, and put the rest to it."""
    output = output_of(directory, form)
    export(tables(quads, plain=form != "parquet"), output, form)
    run = map_sheet(output, directory / "again.nq")
    assert run.rejects is None, pl.read_csv(run.rejects).to_dicts()
    said = {str(quad.triple) for quad in files.read([run.output])}
    rest = rest_of(output, form)
    return said | ({str(quad.triple) for quad in files.read([rest])} if rest.exists() else set())


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_palmyra_comes_back(tmp_path: Path, form: Form) -> None:
    quads = list(files.read(resources.data()))
    assert again(quads, tmp_path, form) == {str(quad.triple) for quad in quads}
    assert not rest_of(output_of(tmp_path, form), form).exists()


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "scenario", ["damage-and-distance", "forecast-and-final", "women-children-and-others"]
)
def test_what_is_said_of_figures_and_groups_has_columns(
    tmp_path: Path, scenario: str, form: Form
) -> None:
    quads = list(files.read([SCENARIOS / scenario / "data.ttl"]))
    assert again(quads, tmp_path, form) == {str(quad.triple) for quad in quads}
    assert not rest_of(output_of(tmp_path, form), form).exists()


TRICKY = [
    *(" space before", "space after ", "a | b", "a|b", "#REF!", "Err:502", "\t", "a\rb", "a\x00b"),
    *("_x000D_", "\ufffe", "a\nb", "'", '"', ",", ";", "=1+1", "# no comment", "id", "null", "NA"),
    *("None", "\\N", "0", "TRUE", "2026-03-03", "e\u0301", "\U0001f600", "x" * 40_000, "ünïcode"),
]


@pytest.mark.parametrize("form", FORMS)
def test_tricky_words_come_back_from_cells_or_from_the_rest(tmp_path: Path, form: Form) -> None:
    quads = [*ENOUGH, *(Quad(EVENT, OTHER_NAME, Literal(t, language="en")) for t in TRICKY)]
    quads += [Quad(EVENT, OTHER_NAME, Literal(text, language="fr")) for text in TRICKY]
    for number, text in enumerate(TRICKY):
        place = NamedNode(f"{IDENTIFIER}place/{number}")
        quads.append(Quad(place, NamedNode(PREFIXES["rdf"] + "type"), TMN.Place))
        quads.append(Quad(place, LABEL, Literal(text, language="en")))
    assert again(quads, tmp_path, form) == {str(quad.triple) for quad in quads}


@pytest.mark.slow
def test_parquet_holds_every_word(tmp_path: Path) -> None:
    quads = [*ENOUGH, *(Quad(EVENT, OTHER_NAME, Literal(t, language="en")) for t in TRICKY)]
    again(quads, tmp_path, "parquet")
    assert not (tmp_path / "parquet" / REST).exists()


def test_parquet_has_descriptions_of_columns(tmp_path: Path) -> None:
    quads = [*ENOUGH, Quad(EVENT, LABEL, Literal("Explosion", language="fr"))]
    export(tables(quads), tmp_path / "out", "parquet")
    for table in TABLES:
        schema = pq.read_schema(tmp_path / "out" / f"{table.name}.parquet")
        for column in table.columns:
            described = schema.field(column.name).metadata
            assert described[b"description"].decode() == column.description
            assert schema.field(column.name).nullable == (not column.required)
        assert schema.metadata[b"description"].decode() == table.description
    label = pq.read_schema(tmp_path / "out" / "events.parquet").field("label@fr")
    assert label.metadata[b"language"] == b"fr"
    frame = pl.read_parquet(tmp_path / "out" / "events.parquet")
    assert frame["label@fr"].to_list() == ["Explosion"]
    assert dict(frame.drop("label@fr").schema) == dict(frame_schema(by_name("events")))


@pytest.mark.slow
@pytest.mark.parametrize("form", [*FORMS, "normalised"])
def test_the_same_data_make_the_same_bytes(tmp_path: Path, form: Form) -> None:
    quads = list(files.read(resources.data()))
    digests = []
    for name, order in (("a", quads), ("b", quads[::-1])):
        (tmp_path / name).mkdir()
        output = output_of(tmp_path / name, form)
        export(tables(order), output, form)
        paths = sorted(output.iterdir()) if output.is_dir() else [output]
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in paths])
    assert digests[0] == digests[1]


@pytest.mark.parametrize("form", ["csv", "parquet", "normalised"])
def test_a_directory_that_holds_something_stays_as_it_is(tmp_path: Path, form: Form) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(InputError, match="is not overwritten"):
        export(tables(ENOUGH), tmp_path / "out", form)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_normalised_tables_have_no_lists_and_absolute_iris() -> None:
    quads = [*ENOUGH, Quad(EVENT, LABEL, Literal("Explosion", language="fr"))]
    parts = normalised(tables(quads))
    assert parts["events"].to_dicts() == [{"id": EVENT.value, "occurred": None, "place": None}]
    assert parts["events.label"].to_dicts() == [
        {"id": EVENT.value, "label": "Blast", "language": "en"},
        {"id": EVENT.value, "label": "Explosion", "language": "fr"},
    ]
    assert parts["events.event_type"].to_dicts() == [
        {"id": EVENT.value, "event_type": PREFIXES["tmc"] + "bombing"}
    ]
    assert parts["events.type"]["type"].to_list() == [PREFIXES["tmn"] + "Incident"]


FRAMES = st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True).flatmap(
    lambda chosen: st.fixed_dictionaries({table.name: rows_of(table) for table in chosen})
)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(frames=FRAMES)
def test_any_rows_are_read_cell_by_cell_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, form: Form, frames: dict[str, pl.DataFrame]
) -> None:
    """Links of made-up rows lead nowhere, so the cells are compared and not the graph."""
    stream = io.BytesIO()
    QuadWriter(stream).write(frames)
    found = tables(parse(stream.getvalue(), RdfFormat.N_QUADS), plain=True)
    output = output_of(tmp_path_factory.mktemp("out"), form)
    export(found, output, form)
    for sheet in opened(output).sheets:
        frame = found[sheet.table.name].with_columns(pl.selectors.list().list.join(" | "))
        assert sheet.rows.drop("\0row").rows() == frame.cast(pl.String).rows()
