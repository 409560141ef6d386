"""Mapping a dataset: files in, N-Quads and rejects out, all or nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from published_event import EVENT
from pyoxigraph import RdfFormat, parse

from testimonia.cli import run as run_command
from testimonia.errors import InputError
from testimonia.namespaces import CODE, IDENTIFIER
from testimonia.tables import batch_reader
from testimonia.tables.columns import Column
from testimonia.tables.day_bounds import anywhere
from testimonia.tables.mapping import map_files
from testimonia.tables.rows import checked
from testimonia.tables.schema import TABLES, arrow_schema, frame_schema
from testimonia.tables.source import Mapped, Source
from testimonia.tables.sources import find, names

DAY = {"report_date": "2024-01-01", "report_source": "mohtel", "report_period": 24, "killed": 3}


def map_rows(batch: pl.DataFrame, document: str) -> Mapped:
    """Every row is a place."""
    return Mapped(
        {"places": batch.select(id="key", label=pl.format("{} in {}", "name", pl.lit(document)))}
    )


PLACES = Source(
    name="places",
    title="Places",
    compiler="ada",
    key_column="key",
    day_column="day",
    map=map_rows,
    shared={"agents": pl.DataFrame({"id": ["ada"], "type": [["Person"]], "label": ["Ada"]})},
    mapped=frozenset({"key", "name", "day"}),
    left_out={"size": "is contested"},
)


def table(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def series(path: Path, *days: object) -> Path:
    return table(path, json.dumps(days))


def test_a_file_becomes_a_document(tmp_path: Path) -> None:
    path = table(
        tmp_path / "places.csv", "key,name,day,size,mood\na,A,2024-05-06,9,x\nb,B,2023,8,\n"
    )
    seen: list[tuple[str, int, int | None]] = []
    run = map_files(
        PLACES, [path], tmp_path / "out.nq", progress=lambda *printed: seen.append(printed)
    )
    digest = batch_reader.digest(path)
    name = f"places-{digest[:16]}"
    lines = (tmp_path / "out.nq").read_text("utf-8").splitlines()
    own, agents = f"<{IDENTIFIER}graph/document/{name}>", f"<{IDENTIFIER}graph/agents>"
    assert {line.split(" ")[-2] for line in lines} == {own, agents}
    ada = f"<{IDENTIFIER}agent/ada> "
    assert all(line.startswith(ada) == (line.split(" ")[-2] == agents) for line in lines)
    assert any(f'ns#sha256> "{digest}"' in line for line in lines)
    assert any('ns#notBefore> "2024-05-06T00:00:00+14:00"' in line for line in lines)
    assert run.quads == len(lines) == len(set(lines))
    assert run.things == {"agents": 1, "places": 2, "bounds": 1, "documents": 1}
    assert run.left_out == {"size": "is contested", "mood": "not known to this version"}
    assert (run.read, run.rejected, run.rejects) == ({str(path): 2}, {str(path): 0}, None)
    assert seen == [("mapping places.csv: rows", 2, None)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.nq", "places.csv"]


def test_batches_and_formats_make_the_same_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{n},name {n % 7},2024-01-01\n" for n in range(50))
    path = table(tmp_path / "p.csv", "key,name,day\n" + rows)
    whole = map_files(PLACES, [path], tmp_path / "whole.nq")
    monkeypatch.setattr(batch_reader.batches, "__kwdefaults__", {"size": 7})
    split = map_files(PLACES, [path], tmp_path / "split.nq.gz")
    assert split.quads == whole.quads
    text = gzip.decompress(split.output.read_bytes()).decode()
    assert sorted(text.splitlines()) == sorted(whole.output.read_text("utf-8").splitlines())
    pl.read_csv(path).write_parquet(tmp_path / "p.parquet")
    other = map_files(PLACES, [tmp_path / "p.parquet"], tmp_path / "parquet.nq")
    assert other.things == whole.things


def test_a_repeated_key_is_rejected_in_any_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "p.csv", "key,name\na,A\na,B\nb,B\n,N\nc,C\na,D\n")
    for size in (2, 100):
        monkeypatch.setattr(batch_reader.batches, "__kwdefaults__", {"size": size})
        source = replace(PLACES, map=lambda batch, name: map_rows(batch.drop_nulls("key"), name))
        run = map_files(source, [path], tmp_path / "out.nq")
        assert run.rejected == {str(path): 2}
        assert (tmp_path / "out.nq.rejects.csv").read_text("utf-8").splitlines()[1:] == [
            f"{path},2,key,a,a key that no row before has",
            f"{path},6,key,a,a key that no row before has",
        ]
        assert run.things["places"] == 3


def test_a_key_is_repeated_whatever_its_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "p.csv", 'key,name\na,A\n a,B\n"",C\n" ",D\na ,E\n')
    for size in (2, 100):
        monkeypatch.setattr(batch_reader.batches, "__kwdefaults__", {"size": size})
        run = map_files(replace(PLACES, map=keyed_rows), [path], tmp_path / "out.nq")
        assert run.rejected == {str(path): 4}
        assert sorted((tmp_path / "out.nq.rejects.csv").read_text("utf-8").splitlines()[1:]) == [
            f"{path},2,key, a,a key that no row before has",
            f'{path},3,key,"",a key',
            f"{path},4,key, ,a key",
            f"{path},5,key,a ,a key that no row before has",
        ]
        assert run.things["places"] == 1


def keyed_rows(batch: pl.DataFrame, document: str) -> Mapped:
    nothing = pl.col("key").str.strip_chars().fill_null("") == ""
    rows, rejects = checked(batch, [("key", nothing, "a key")])
    return Mapped(map_rows(rows, document).tables, rejects)


def events(path: Path, *rows: dict[str, str | None]) -> Path:
    pl.DataFrame(rows, schema=dict.fromkeys(EVENT, pl.String)).write_csv(path)
    return path


def test_a_number_repeated_in_a_later_batch_is_rejected_however_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ("7", "8", "07", "9", "7.0", "008.00", "9", "x")
    path = events(tmp_path / "events.csv", *(EVENT | {"id": key} for key in keys))
    for size in (2, 100):
        monkeypatch.setattr(batch_reader.batches, "__kwdefaults__", {"size": size})
        run = map_files(find("ucdp-ged"), [path], tmp_path / "out.nq")
        assert run.rejected == {str(path): 5}
        assert run.things["records"] == 3
        rejects = pl.read_csv(tmp_path / "out.nq.rejects.csv", infer_schema=False).sort("row")
        assert rejects["value"].to_list() == ["07", "7.0", "008.00", "9", "x"]
        assert rejects["expected"].to_list()[:4] == ["a key that no row before has"] * 4


def test_a_row_that_is_rejected_does_not_tell_when_the_file_was_published(tmp_path: Path) -> None:
    path = events(tmp_path / "events.csv", EVENT, EVENT | {"id": "2", "date_end": "2999-01-01"})
    run = map_files(find("ucdp-ged"), [path], tmp_path / "out.nq")
    assert run.rejected == {str(path): 1}
    text = (tmp_path / "out.nq").read_text("utf-8")
    assert 'notBefore> "2024-01-02T00:00:00+14:00"' in text
    assert "2999" not in text


def test_headers_that_only_spaces_tell_apart_stay_as_they_are(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", "key,name,x , x,y \na,A,1,2,3\n")
    run = map_files(PLACES, [path], tmp_path / "out.nq")
    assert set(run.left_out) == {"x ", " x", "y "}
    path = table(tmp_path / "q.csv", "key , name\na,A\n")
    assert map_files(PLACES, [path], tmp_path / "out.nq").things["places"] == 1


def test_a_repeated_day_is_rejected(tmp_path: Path) -> None:
    path = series(tmp_path / "series.json", DAY, DAY | {"killed": 4})
    run = map_files(find("gaza-daily"), [path], tmp_path / "out.nq")
    assert (run.rejected[str(path)], run.things["claims"]) == (1, 1)


def test_publication_as_given(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", "key,name\na,A\n")
    map_files(PLACES, [path], tmp_path / "out.nq", published="2023-06")
    text = (tmp_path / "out.nq").read_text("utf-8")
    assert 'ns#edtf> "2023-06"' in text
    assert 'ns#notAfter> "2023-06-30T23:59:59+00:00"' in text
    with pytest.raises(InputError, match="is not a date in EDTF"):
        map_files(PLACES, [path], tmp_path / "out.nq", published="June")
    assert (tmp_path / "out.nq").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"key,name\n1,2,3\n", "more cells than its header, which has 2: row 1 .line 2. has 3"),
        (b'key,name\n"1,2\n', "not well-formed CSV"),
        (b"", "this file is empty"),
        (b"\n \n", "this file is blank"),
        (b"key,name\n", "no rows below its header"),
        (b"key,name\n,\n\n", "no rows below its header .skipped: 2 empty rows"),
        (b"key,name\n#id,\n", "no rows below its header .skipped: row 1 of HXL tags"),
        (b"id,name\n1,2\n", "has no column 'key'"),
    ],
)
def test_what_is_no_table_changes_nothing(tmp_path: Path, content: bytes, message: str) -> None:
    path, output = tmp_path / "p.csv", tmp_path / "out.nq"
    path.write_bytes(content)
    output.write_text("as before", "utf-8")
    with pytest.raises(InputError, match=message) as caught:
        map_files(PLACES, [path], output)
    assert caught.value.place is not None
    assert caught.value.place.path == path
    assert output.read_text("utf-8") == "as before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.nq", "p.csv"]


def test_files_must_be_there_once(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", "key,name\na,A\n")
    with pytest.raises(InputError, match="given twice"):
        map_files(PLACES, [path, tmp_path / "." / "p.csv"], tmp_path / "out.nq")
    with pytest.raises(InputError, match="this is not a file"):
        map_files(PLACES, [tmp_path / "q.csv"], tmp_path / "out.nq")
    with pytest.raises(InputError, match="cannot be written"):
        map_files(PLACES, [path], tmp_path / "nowhere" / "out.nq")


def test_what_is_read_is_not_overwritten(tmp_path: Path) -> None:
    text = "key,name\na,A\n"
    path, output = table(tmp_path / "p.csv", text), tmp_path / "out.nq"
    for target, rejects in ((path, None), (output, path)):
        with pytest.raises(InputError, match="is not overwritten"):
            map_files(PLACES, [path], target, rejects=rejects)
    with pytest.raises(InputError, match="both the statements and the rejects"):
        map_files(PLACES, [path], output, rejects=tmp_path / "." / "out.nq")
    assert path.read_text("utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_content_is_mapped_once(tmp_path: Path) -> None:
    files = [table(tmp_path / name, "key,name\na,A\n") for name in ("p.csv", "q.csv")]
    with pytest.raises(InputError, match=r"identical to .*p\.csv, byte for byte") as caught:
        map_files(PLACES, files, tmp_path / "out.nq")
    assert caught.value.place is not None
    assert caught.value.place.path == files[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "p.csv", "key,name\na,A\n")
    with pytest.raises(InputError, match="No space left") as caught:
        map_files(PLACES, [path], Path("/dev/full"), rejects=tmp_path / "rejects.csv")
    assert caught.value.place is not None
    assert caught.value.place.path == Path("/dev/full")


def test_rejected_rows_are_listed_and_the_list_goes_when_fixed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = series(tmp_path / "series.json", DAY, DAY | {"report_date": "soon"})
    words = ["map", "gaza-daily", str(path), "-o", str(tmp_path / "out.nq")]
    assert run_command(words) == 1
    printed = capsys.readouterr().out
    rejects = tmp_path / "out.nq.rejects.csv"
    assert "series.json: 2 rows, 1 rejected" in printed
    assert str(rejects) in printed
    assert rejects.read_text("utf-8").splitlines()[1:] == [
        f"{path},2,report_date,soon,a date such as 2023-10-07"
    ]
    series(path, DAY)
    assert run_command(words) == 0
    assert not rejects.exists()
    assert len(list(parse(path=str(tmp_path / "out.nq"), format=RdfFormat.N_QUADS))) > 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gaza-daily", "-o", "out.nq"], "no file is given"),
        (["gaza-daily", "nowhere.json", "-o", "out.nq"], "nowhere.json"),
    ],
)
def test_the_command_complains(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["map", *words]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_datasets_are_found_by_name() -> None:
    assert "gaza-daily" in names()
    assert all(find(name).name == name for name in names())
    with pytest.raises(InputError, match="there is no dataset 'moon'"):
        find("moon")


def test_bounds_of_a_day_hold_it_anywhere() -> None:
    days = pl.DataFrame(
        {
            "first": ["2024-01-01", "2024-01-01", None],
            "last": ["2024-01-01", "2024-01-03", "2024-01-03"],
        }
    )
    found = anywhere(pl.concat([days, days])).drop("resolution", "label").rows()
    assert found == [
        (
            "anywhere-2024-01-01",
            "2024-01-01",
            "2024-01-01T00:00:00+14:00",
            "2024-01-01T23:59:59-12:00",
        ),
        (
            "anywhere-2024-01-01_2024-01-03",
            "[2024-01-01..2024-01-03]",
            "2024-01-01T00:00:00+14:00",
            "2024-01-03T23:59:59-12:00",
        ),
    ]


def columns() -> list[Column]:
    return [column for table in TABLES for column in table.columns]


def test_every_column_is_documented_and_its_example_is_right(
    codes: Callable[[str], set[str]],
) -> None:
    for column in columns():
        assert column.description.endswith("."), column.name
        if column.kind == "code":
            assert column.example in codes(column.target), column.name
        if column.kind == "link":
            assert column.target in {table.name for table in TABLES}, column.name


@pytest.fixture
def codes() -> Callable[[str], set[str]]:
    from testimonia.catalogue import resources
    from testimonia.rdf import files

    quads = list(files.read(resources.ontology()))

    def of(scheme: str) -> set[str]:
        return {
            quad.subject.value.removeprefix(CODE)
            for quad in quads
            if quad.predicate.value.endswith("#inScheme") and quad.object.value == CODE + scheme
        }

    return of


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_arrow_and_polars_agree_on_the_types(name: str) -> None:
    from testimonia.tables.schema import by_name

    arrow = arrow_schema(by_name(name))
    assert pl.DataFrame(arrow.empty_table()).schema == frame_schema(by_name(name))
    assert all(field.metadata[b"description"] for field in arrow)
