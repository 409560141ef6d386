"""Aggregates on Spark give the rows that SPARQL gives over the same data."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sparking import MISSING, needs_spark

import testimonia
from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rules
from testimonia.dataset import Dataset
from testimonia.derivation.needed_rules import needed_rules
from testimonia.derivation.proofs import predicate_of
from testimonia.errors import InputError, NotCompiled, QueryError, TableError
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
    from pyspark.sql import SparkSession

    from testimonia.tables.spark.aggregates import AGGREGATES, aggregate, computed
    from testimonia.tables.spark.claim_triples import ClaimTriples
    from testimonia.tables.spark.jobs import map_on_spark
    from testimonia.tables.spark.scratch import Scratch
    from testimonia.tables.spark.session import apart
    from testimonia.tables.spark.spark_quads import SparkQuads

ROOT = Path(__file__).parents[3]

QUERIES = {
    "a path of its own length": """SELECT ?a ?b ?kind {
        ?a tmn:partOf* ?b . ?b a ?kind . ?kind rdfs:subClassOf* tmn:Agent }""",
    "from a thing that is named": "SELECT ?kind { ?kind rdfs:subClassOf* tmn:OfficialBody }",
    "what is not there": "SELECT ?a { VALUES ?a { <https://example.org/none> } ?a tmn:partOf* ?b }",
    "optional, with a filter": """SELECT ?claim ?lower {
        ?claim tmn:claimant ?who ; tmn:proposition ?what
        OPTIONAL { ?what tmn:lowerBound ?lower FILTER(?lower > 3) } }""",
    "times": """SELECT ?claim (YEAR(?from) AS ?year) { ?claim tmn:statedAt/tmn:notBefore ?from
        FILTER(?from < "2026-06-01T00:00:00Z"^^xsd:dateTimeStamp) }""",
    "not exists": """SELECT ?claim { ?claim tmn:claimant ?who
        FILTER NOT EXISTS { ?claim tmn:reports ?other } }""",
    "minus": "SELECT ?claim { ?claim tmn:claimant ?who MINUS { ?claim tmn:reports ?other } }",
    "groups": """SELECT ?who (COUNT(DISTINCT ?what) AS ?n) (SUM(?lower) AS ?s) (MIN(?lower) AS ?least) {
        ?claim tmn:claimant ?who ; tmn:proposition ?what OPTIONAL { ?what tmn:lowerBound ?lower } }
        GROUP BY ?who HAVING(COUNT(?claim) > 1)""",
    "texts": """SELECT ?text ?short { ?claim tmn:claimant ?who BIND(STR(?who) AS ?text)
        BIND(UCASE(SUBSTR(?text, 9, 7)) AS ?short) FILTER REGEX(?text, "minist") }""",
    "alternatives": """SELECT ?a ?b ?way { { ?a tmn:reports ?b BIND("reports" AS ?way) } UNION
        { ?a tmn:corrects ?b BIND("corrects" AS ?way) } }""",
    "what Spark would read from its settings": """SELECT ?claim ("${env:HOME} :p0 '\\\\" AS ?text) {
        ?claim tmn:claimant ?who }""",
    "constants": """SELECT ?claim ?kind ?n ?yes ?day {
        ?claim tmn:claimant ?who BIND(IF(BOUND(?who), tmn:Claim, tmn:Event) AS ?kind)
        BIND(COALESCE(?none, 7) AS ?n) BIND(?n = 7 AS ?yes) BIND("2026-02-01"^^xsd:date AS ?day) }""",
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
    rows = [tuple(term and term.value for term in row) for row in answer.terms]
    return sorted(rows, key=repr)


def collected(frame: Any) -> list[tuple[str | None, ...]]:
    rows = [
        tuple(None if value is None else str(value) for value in row) for row in frame.collect()
    ]
    return sorted(rows, key=repr)


@pytest.fixture(scope="module")
def quads(folder: Path, spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    texts = [*(each.sparql for each in AGGREGATES.values()), *(rule.sparql for rule in NEEDED)]
    with apart(spark) as own:
        scratch = Scratch(own, str(tmp_path_factory.mktemp("scratch")))
        claims = ClaimTriples(own, [str(folder)], [*texts, *QUERIES.values()], scratch)
        yield SparkQuads(own, claims, scratch)


NEEDED = [
    rule
    for rule in read_rules(resources.rules())
    if any(
        rule in needed_rules(each.sparql, read_rules(resources.rules()))
        for each in AGGREGATES.values()
    )
]


def test_rules_and_aggregates(dataset: Dataset, quads: Any) -> None:
    assert len(NEEDED) == 14
    for rule in NEEDED:
        query = f"SELECT DISTINCT ?s ?o WHERE {{ ?s <{predicate_of(rule).value}> ?o }}"
        expected = rows_of(dataset.query(query))
        assert expected
        assert quads.derive([rule]) == {rule.name: len(expected)}
        assert (rule.name, collected(quads.query(query))) == (rule.name, expected)
    for name, each in AGGREGATES.items():
        expected = rows_of(dataset.query(each.sparql))
        assert expected
        assert (name, collected(quads.query(each.sparql))) == (name, expected)


@pytest.mark.parametrize("name", QUERIES)
def test_queries(name: str, dataset: Dataset, quads: Any) -> None:
    expected = rows_of(dataset.query(QUERIES[name]))
    assert bool(expected) == (name != "what is not there")
    assert collected(quads.query(QUERIES[name])) == expected


def test_a_sum_beyond_64_bits(dataset: Dataset, quads: Any) -> None:
    pattern = "{ ?claim tmn:claimant ?who BIND(18014398509481983 AS ?x) }"
    count = len(rows_of(dataset.query(f"SELECT ?claim ?who {pattern}")))
    assert count > 1_000
    total = collected(quads.query(f"SELECT (SUM(?x) AS ?sum) {pattern}"))
    assert total == [(str(count * 18014398509481983),)]


def test_refusals(quads: Any) -> None:
    deep = """SELECT ?a { ?a tmn:partOf ?b FILTER NOT EXISTS { ?a tmn:closeTo ?c
        FILTER NOT EXISTS { ?c tmn:closeTo ?b } } }"""
    with pytest.raises(NotCompiled, match="Spark"):
        quads.query(deep)
    with pytest.raises(NotCompiled, match="title> is not among the properties"):
        quads.query("SELECT ?a { ?a dcterms:title ?b }")
    with pytest.raises(NotCompiled, match="must be named"):
        quads.query("SELECT ?a { ?a ?b ?c }")
    with pytest.raises(QueryError, match="not a SELECT"):
        quads.query("ASK { ?a tmn:partOf ?b }")


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
    assert not (output / "_building").exists()
    with pytest.raises(InputError, match="something here already"):
        aggregate("totals", [str(folder)], str(output))
    with pytest.raises(InputError, match="no claim table here"):
        aggregate("totals", [str(tmp_path)], str(tmp_path / "other"))
    (tmp_path / "claims.parquet").write_bytes(b"nothing")
    with pytest.raises(TableError, match="is not Parquet"):
        aggregate("totals", [str(tmp_path)], str(tmp_path / "other"))
    assert not (tmp_path / "other").exists()


def test_a_cell_that_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "in")
    bounds = pl.read_parquet(tmp_path / "in" / "bounds.parquet")
    bounds = bounds.with_columns(not_before=pl.lit("yesterday"))
    bounds.write_parquet(tmp_path / "in" / "bounds.parquet")
    with pytest.raises(TableError, match="yesterday") as caught:
        aggregate("confirmations", [str(tmp_path / "in")], str(tmp_path / "out"))
    assert "bounds.parquet" in str(caught.value.place)
    assert not (tmp_path / "out").exists()


SAMPLE = ROOT.parent / "shared" / "datasets" / "ucdp-ged" / "ucdp_ged_sample1000.csv"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="needs ../shared/datasets/ucdp-ged")
def test_totals_of_a_mapped_dataset(tmp_path: Path, spark: Any) -> None:
    map_files(ucdp_ged.SOURCE, [SAMPLE], tmp_path / "one.nq")
    expected = rows_of(testimonia.open(tmp_path / "one.nq").ask("totals-by-party"))
    output = tmp_path / "tables"
    map_on_spark(ucdp_ged.SOURCE, [str(SAMPLE)], str(output), form="parquet")
    assert len(expected) > 30
    with computed("totals", spark, [str(output)], str(tmp_path / "scratch")) as rows:
        assert collected(rows) == expected
    assert not (tmp_path / "scratch").exists()
    assert SparkSession.getActiveSession() is spark
    assert [table.name for table in spark.catalog.listTables()] == []
