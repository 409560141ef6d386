"""The same mapping on Spark: the same statements, all or nothing."""

from __future__ import annotations

import csv
import dataclasses
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from harbour_ledger import HEADER, LEDGER, write_ledger
from pyoxigraph import RdfFormat, parse
from sparking import MISSING, needs_spark

from testimonia.errors import InputError, TableError
from testimonia.tables.descriptions.described_source import described
from testimonia.tables.mapping import map_files
from testimonia.tables.schema import by_name
from testimonia.tables.source import Mapped
from testimonia.tables.sources import gaza_daily, ucdp_ged
from testimonia.tables.to_quads import blocks

pytestmark = [
    pytest.mark.slow,
    needs_spark,
    pytest.mark.usefixtures("spark"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

if not MISSING:
    from testimonia.tables.spark.jobs import map_on_spark


def quads(folder: Path) -> list[str]:
    return [
        line
        for part in sorted((folder / "quads").iterdir())
        for line in read(part).decode().split("\n")[:-1]
    ]


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def on_one_machine(files: list[Path], output: Path) -> set[str]:
    map_files(LEDGER, files, output)
    return set(output.read_text("utf-8").split("\n")) - {""}


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("ledgers")
    more = "".join(
        f"{n},2026-04-{n % 30 + 1:02},Port Alder,Paper {n % 5},x,{n},\n" for n in range(10, 60)
    )
    return [write_ledger(folder / "ledger.csv"), write_ledger(folder / "more.csv", more)]


@pytest.fixture(scope="module")
def mapped(spark: Any, ledgers: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert spark.sparkContext.master == "local[2]"
    output = tmp_path_factory.mktemp("mapped") / "out"
    map_on_spark(LEDGER, [str(path) for path in ledgers], str(output))
    return output


def test_the_same_statements_each_once(mapped: Path, ledgers: list[Path], tmp_path: Path) -> None:
    lines = quads(mapped)
    assert len(lines) == len(set(lines))
    assert set(lines) == on_one_machine(ledgers, tmp_path / "one.nq")
    whole = b"".join(map(read, sorted((mapped / "quads").iterdir())))
    assert sum(1 for _ in parse(whole, RdfFormat.N_QUADS)) == len(lines)
    # The row of 6 March has no key, and is rejected: it tells nothing of the file either.
    first, *_ = (line for line in lines if "notBefore>" in line and "-published>" in line)
    assert '"2026-03-05T00:00:00+14:00"' in first or '"2026-04-30T00:00:00+14:00"' in first
    assert not any("-published>" in line and "2026-03-06" in line for line in lines)


def test_the_manifest_holds(mapped: Path, ledgers: list[Path], tmp_path: Path) -> None:
    manifest = json.loads((mapped / "manifest.json").read_text("utf-8"))
    one = map_files(LEDGER, ledgers, tmp_path / "one.nq")
    assert manifest["quads"] == len(quads(mapped)) == one.quads
    assert manifest["things"] == one.things
    assert (manifest["flagged"], manifest["left_out"]) == (one.flagged, one.left_out)
    assert [(d["path"], d["rows"], d["rejected"]) for d in manifest["documents"]] == [
        (str(path), one.read[str(path)], one.rejected[str(path)]) for path in ledgers
    ]
    assert [d["sha256"] for d in manifest["documents"]] == [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in ledgers
    ]
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    found = {
        str(path.relative_to(mapped)): (
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in mapped.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "_SUCCESS")
    }
    assert listed == found
    assert {path.name for path in mapped.iterdir()} == {
        "quads",
        "rejects",
        "manifest.json",
        "_SUCCESS",
    }


def test_rejects_are_listed_by_key(mapped: Path, ledgers: list[Path]) -> None:
    rows = []
    for part in (mapped / "rejects").iterdir():
        with part.open(encoding="utf-8", newline="") as stream:
            rows += list(csv.DictReader(stream))
    assert sorted(tuple(row.values()) for row in rows) == [
        (str(ledgers[0]), "", "id", "", "a key"),
        (str(ledgers[0]), "4", "dead", "five", "a whole number"),
    ]


def test_parquet_holds_the_claim_tables(ledgers: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "out"
    run = map_on_spark(LEDGER, [str(ledgers[0])], str(output), form="parquet")
    one = map_files(LEDGER, [ledgers[0]], tmp_path / "one.nq")
    assert run.things == one.things
    assert (output / "_SUCCESS").exists()
    written: list[str] = []
    for name in run.things:
        table = pl.read_parquet(output / name / "*.parquet")
        written.extend(blocks(by_name(name), table))
    triples = {line for block in written for line in block.split("\n") if line}
    expected = {
        f"{quad.subject} {quad.predicate} {quad.object} ."
        for quad in parse(path=one.output, format=RdfFormat.N_QUADS)
    }
    assert {
        str(quad.triple) + " ." for quad in parse("\n".join(triples), RdfFormat.N_QUADS)
    } == expected
    french = pl.read_parquet(output / "agents" / "*.parquet")["label@fr"]
    assert french.drop_nulls().to_list() == ["un résident"]


def test_compressed_folders_of_parquet(ledgers: list[Path], tmp_path: Path) -> None:
    """A folder is one document, named by the list of its files' digests."""
    folder = tmp_path / "in"
    folder.mkdir()
    rows = pl.read_csv(ledgers[0], infer_schema=False)
    for number, part in enumerate((rows[:3], rows[3:])):
        part.write_parquet(folder / f"part-{number}.parquet")
    (folder / "_SUCCESS").touch()
    run = map_on_spark(LEDGER, [str(folder)], str(tmp_path / "out"), form="nquads.gz")
    parts = sorted((tmp_path / "out" / "quads").iterdir())
    assert {"".join(part.suffixes) for part in parts} == {".nq.gz"}
    assert (run.read, run.rejected) == ({str(folder): 7}, {str(folder): 2})
    listed = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.parquet"))
    )
    digest = hashlib.sha256(listed.encode()).hexdigest()
    expected = on_one_machine([ledgers[0]], tmp_path / "one.nq")
    own = hashlib.sha256(ledgers[0].read_bytes()).hexdigest()
    assert {
        line.replace(digest, own)
        .replace(digest[:16], own[:16])
        .replace("file in", "file ledger.csv")
        for line in quads(tmp_path / "out")
    } == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + "1,2,3\n", "cannot be read"),
        (HEADER + "1,2,3,4,5,6,7,8\n", "cannot be read"),
        (HEADER + '1,"2"3,4,5,6,7,8\n', "cannot be read"),
        ("key,name\n1,2\n", "not a table of The harbour ledger: it has no column 'id'"),
        ("id,day\n1,2\n", "this ledger has no column 'dead'"),
        (HEADER + "1,2026-01-01,é,,,3,\n", "cannot be read"),
    ],
)
def test_what_is_no_table_leaves_nothing(tmp_path: Path, content: str, message: str) -> None:
    path, output = tmp_path / "p.csv", tmp_path / "out"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(TableError, match=message):
        map_on_spark(LEDGER, [str(path)], str(output))
    assert not output.exists()


def test_what_cannot_be_written_leaves_nothing(ledgers: list[Path], tmp_path: Path) -> None:
    source = dataclasses.replace(LEDGER, map=badly_mapped)
    with pytest.raises(TableError, match="table places, column latitude, row 1 holds 'far north'"):
        map_on_spark(source, [str(ledgers[1])], str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_key_in_several_batches_leaves_nothing(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    path.write_text("key\n" + "a\n" * 3, "utf-8")
    source = dataclasses.replace(
        LEDGER, key_column="key", map=one_record, mapped=frozenset({"key"})
    )
    before = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "1")
    try:
        with pytest.raises(TableError, match="3 rows have the same key"):
            map_on_spark(source, [str(path)], str(tmp_path / "out"))
    finally:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", before)
    assert not (tmp_path / "out").exists()


def one_record(batch: pl.DataFrame, document: str) -> Mapped:
    name = pl.format("{}#record={}", pl.lit(document), "key")
    return Mapped({"records": batch.select(id=name, document=pl.lit(document), key="key")})


def badly_mapped(batch: pl.DataFrame, _document: str) -> Mapped:
    return Mapped({"places": batch.select("id", label="town", latitude=pl.lit("far north"))})


def test_nothing_is_overwritten_or_named_twice(
    mapped: Path, ledgers: list[Path], tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in mapped.rglob("*")}
    with pytest.raises(InputError, match="something here already"):
        map_on_spark(LEDGER, [str(ledgers[0])], str(mapped))
    assert {path: path.stat().st_mtime_ns for path in mapped.rglob("*")} == before
    with pytest.raises(InputError, match="given twice"):
        map_on_spark(LEDGER, [str(ledgers[0]), str(ledgers[0])], str(tmp_path / "out"))
    again = tmp_path / "again.csv"
    again.write_bytes(ledgers[0].read_bytes())
    with pytest.raises(InputError, match="byte for byte"):
        map_on_spark(LEDGER, [str(ledgers[0]), str(again)], str(tmp_path / "out"))
    with pytest.raises(InputError, match="there is no file"):
        map_on_spark(LEDGER, [str(tmp_path / "none.csv")], str(tmp_path / "out"))
    with pytest.raises(InputError, match="is not CSV or Parquet"):
        map_on_spark(gaza_daily.SOURCE, ["x.json"], str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


SHARED = Path(__file__).parents[4] / "shared" / "datasets" / "ucdp-ged"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/datasets/ucdp-ged")
def test_real_tables_become_the_same_statements(tmp_path: Path) -> None:
    paths = sorted(SHARED.glob("*.csv"))
    one = map_files(ucdp_ged.SOURCE, paths, tmp_path / "one.nq")
    run = map_on_spark(ucdp_ged.SOURCE, [str(path) for path in paths], str(tmp_path / "out"))
    assert (run.read, run.rejected, run.flagged) == (one.read, one.rejected, one.flagged)
    assert (run.things, run.quads) == (one.things, one.quads)
    parts = sorted((tmp_path / "out" / "quads").iterdir())
    assert tally(parts) == tally([tmp_path / "one.nq"])


def tally(paths: list[Path]) -> tuple[int, int]:
    """Count lines, and add up their digests: equal for the same lines in another order."""
    count = total = 0
    for path in paths:
        with path.open("rb") as stream:
            for line in stream:
                count += 1
                total += int.from_bytes(hashlib.blake2b(line, digest_size=16).digest())
    return count, total


def test_a_description_gives_the_same_statements(tmp_path: Path) -> None:
    table = Path(__file__).parents[3] / "examples" / "tables" / "gtd.csv"
    source = described("gtd")
    run = map_on_spark(source, [str(table)], str(tmp_path / "out"))
    map_files(source, [table], tmp_path / "one.nq")
    expected = set((tmp_path / "one.nq").read_text("utf-8").split("\n")) - {""}
    assert set(quads(tmp_path / "out")) == expected
    assert (run.read, run.rejected) == ({str(table): 5}, {str(table): 1})
    assert run.flagged["no figure, by a code for missing: hostages"] == 1


def test_rows_without_a_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="have no key but their number"):
        map_on_spark(described("hdx-casualties"), ["x.csv"], str(tmp_path / "out"))
