"""Aggregates on Spark give the rows that SPARQL gives over the same data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sparking import MISSING, needs_spark

import testimonia
from testimonia.dataset import Dataset
from testimonia.errors import InputError, TableError
from testimonia.namespaces import IDENTIFIER
from testimonia.query.results import Results
from testimonia.rdf import files
from testimonia.tables.mapping import map_files
from testimonia.tables.sheets.exporting import export
from testimonia.tables.sources import ucdp_ged

pytestmark = [
    pytest.mark.slow,
    needs_spark,
    pytest.mark.usefixtures("spark"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

if not MISSING:
    from testimonia.tables.spark.aggregates import AGGREGATES, aggregate
    from testimonia.tables.spark.facts import Facts
    from testimonia.tables.spark.jobs import map_on_spark
    from testimonia.tables.spark.loading import Loading

ROOT = Path(__file__).parents[3]

FIGURE = """
  ?proposition a tmn:CasualtyProposition ;
      tmn:about ?event ; tmn:harm ?harm ; tmn:victims ?victims .
  OPTIONAL { ?proposition tmn:lowerBound ?lower }
  OPTIONAL { ?proposition tmn:upperBound ?upper }
"""
SPARQL = {
    "confirmations": "SELECT DISTINCT ?event ?harm ?victims ?lower ?upper ?proposition ?body WHERE {"
    + FIGURE
    + "?proposition tmn:confirmedBy ?body }",
    "origins": "SELECT DISTINCT ?event ?harm ?victims ?lower ?upper ?proposition ?origins ?most ?party WHERE {"
    + FIGURE
    + "?proposition tmn:independentOrigins ?origins ; tmn:independentOriginsAtMost ?most ;"
    + " tmn:countsOriginParty ?party }",
}
RULES = {
    "party": "tmn:party",
    "speaker": "tmn:speaker",
    "origin": "tmn:origin",
    "origin_party": "tmn:originParty",
    "upheld_by": "tmn:upheldBy",
    "confirms_for": "tmn:confirmsFor",
    "confirmed_by": "tmn:confirmedBy",
    "allied_in": "tmn:alliedIn",
    "only_narrated_by": "tmn:onlyNarratedBy",
    "adds_origin": "tmn:addsOrigin",
    "counts_origin_party": "tmn:countsOriginParty",
    "independent_origins": "tmn:independentOrigins",
    "origins_at_most": "tmn:independentOriginsAtMost",
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Palmyra, the example, and every scenario of the rules, each under names of its own."""
    folder = tmp_path_factory.mktemp("data")
    for path in sorted((ROOT / "tests" / "scenarios").rglob("data.ttl")):
        lines = "".join(f"{quad.triple} .\n" for quad in files.read([path]))
        apart = re.sub(rf"<({IDENTIFIER}[a-z]+/)", rf"<\1{path.parent.name}/", lines)
        (folder / f"{path.parent.name}.nt").write_text(apart, "utf-8")
    opened = testimonia.open(folder, ROOT / "examples" / "port-alder", shipped=True)
    opened.derive()
    return opened


@pytest.fixture(scope="module")
def folder(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = dataset.tables()
    about_passages = {"hasSelector", "hasSource", "passageDigest", "start", "end"}
    lost = {re.split("[#/]", quad.predicate.value)[-1] for quad in tables.rest} - about_passages
    assert lost <= {"type"}, "what the rules look at is in the tables"
    made = tmp_path_factory.mktemp("tables") / "all"
    export(tables, made, "parquet")
    return made


def rows_of(answer: Any) -> list[tuple[str | None, ...]]:
    assert isinstance(answer, Results)
    return sorted(
        (tuple(None if value is None else str(value) for value in row) for row in answer), key=repr
    )


def collected(frame: Any) -> list[tuple[str | None, ...]]:
    rows = [
        tuple(None if value is None else str(value) for value in row) for row in frame.collect()
    ]
    return sorted(rows, key=repr)


def test_rules_and_aggregates(dataset: Dataset, folder: Path, spark: Any) -> None:
    loading = Loading(spark, [str(folder)])
    facts = Facts(loading)
    for name, predicate in RULES.items():
        expected = rows_of(dataset.query(f"SELECT DISTINCT ?s ?o WHERE {{ ?s {predicate} ?o }}"))
        assert expected
        assert (name, collected(getattr(facts, name))) == (name, expected)
    for name in AGGREGATES:
        query = SPARQL.get(name)
        expected = rows_of(dataset.query(query) if query else dataset.ask("totals-by-party"))
        assert expected
        assert (name, collected(AGGREGATES[name](loading, facts))) == (name, expected)


def test_aggregates_are_written_completely(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    count = aggregate("totals", [str(folder)], str(output), form="csv")
    rows = pl.read_csv(output / "*.csv", infer_schema=False)
    assert rows.columns == [
        "party",
        "year",
        "harm",
        "victims",
        "events",
        "at_least",
        "at_most",
        "open",
    ]
    assert rows.height == count > 20
    assert (output / "_SUCCESS").exists()
    with pytest.raises(InputError, match="something here already"):
        aggregate("totals", [str(folder)], str(output))
    with pytest.raises(InputError, match="no claim table here"):
        aggregate("totals", [str(tmp_path)], str(tmp_path / "other"))
    (tmp_path / "claims.parquet").write_bytes(b"nothing")
    with pytest.raises(TableError, match="is not Parquet"):
        aggregate("totals", [str(tmp_path)], str(tmp_path / "other"))
    assert not (tmp_path / "other").exists()


SAMPLE = ROOT.parent / "shared" / "datasets" / "ucdp-ged" / "ucdp_ged_sample1000.csv"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="needs ../shared/datasets/ucdp-ged")
def test_totals_of_a_mapped_dataset(tmp_path: Path, spark: Any) -> None:
    map_files(ucdp_ged.SOURCE, [SAMPLE], tmp_path / "one.nq")
    expected = rows_of(testimonia.open(tmp_path / "one.nq").ask("totals-by-party"))
    output = tmp_path / "tables"
    map_on_spark(ucdp_ged.SOURCE, [str(SAMPLE)], str(output), form="parquet")
    loading = Loading(spark, [str(output)])
    assert len(expected) > 30
    assert collected(AGGREGATES["totals"](loading, Facts(loading))) == expected
