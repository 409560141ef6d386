"""Compiled queries as SQL of Spark, and ids that Spark and Python make alike."""

from __future__ import annotations

from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode
from sparking import MISSING, needs_spark

from testimonia.errors import NotCompiled
from testimonia.query.columnar.term_ids import IRI, STRING, inline_id, kind_of_id, kind_of_term

pytestmark = [
    pytest.mark.slow,
    needs_spark,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

if not MISSING:
    from testimonia.tables.spark.claim_triples import has_twins
    from testimonia.tables.spark.hashed_ids import hashed_id, hashed_in_sql
    from testimonia.tables.spark.numbered_claims import NUMBERED
    from testimonia.tables.spark.spark_sql import Fixpoint, View, in_spark
    from testimonia.tables.spark.staging import ddl

TERMS = [
    NamedNode("https://example.org/\u00e9"),
    Literal("Yida"),
    Literal("Yida", language="en"),
    Literal("1.50", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
    Literal("x" * 10_000),
]


def test_recursion_becomes_rounds() -> None:
    found = in_spark(
        "WITH RECURSIVE e AS (SELECT s, o FROM triples_1), c AS (SELECT s, o FROM e UNION "
        "SELECT c.s, e.o FROM c c JOIN e e ON e.s = c.o) SELECT s FROM c WHERE s = $p0"
    )
    edges, closure = found.named
    assert isinstance(edges, View)
    assert edges.name == "e"
    assert isinstance(closure, Fixpoint)
    assert closure.start == "SELECT s, o FROM e"
    assert "FROM c AS c JOIN e" in closure.step
    assert found.rows == "SELECT s FROM c WHERE s = :p0"


def test_what_spark_names_otherwise() -> None:
    sql = "SELECT CASE WHEN regexp_full_match(a, 'b+') THEN 1::HUGEINT ELSE error('no') END FROM t"
    assert in_spark(sql).rows == (
        "SELECT CASE WHEN a RLIKE CONCAT('^(?:', 'b+', ')\\\\z') THEN CAST(1 AS DECIMAL(38, 0)) "
        "ELSE raise_error('no') END FROM t"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE c AS (SELECT 1 AS s UNION ALL SELECT s + 1 FROM c) SELECT s FROM c",
        "SELECT FROM WHERE",
    ],
)
def test_what_has_no_equal(sql: str) -> None:
    with pytest.raises(NotCompiled, match="Spark"):
        in_spark(sql)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: str(term)[:20])
def test_ids(term: Any, spark: Any) -> None:
    number, other = hashed_id(term), hashed_id(term, salt=1)
    assert number != other
    assert kind_of_id(number) == kind_of_term(term) == kind_of_id(other)
    assert number & (1 << 55) == 0
    if kind_of_term(term) in (IRI, STRING):
        for salt, expected in ((0, number), (1, other)):
            sql = hashed_in_sql(":text", kind_of_term(term), salt)
            assert (
                spark.sql(f"SELECT {sql} AS id", args={"text": term.value}).first().id == expected
            )


def test_inline_ids_are_those_of_every_engine() -> None:
    integer = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    assert hashed_id(Literal("-7", datatype=integer)) == inline_id("-7", integer.value)


def test_twins_are_found(spark: Any) -> None:
    def rows(*texts: str, language: str | None = None) -> Any:
        made = [("iris", 7, None, None, text, language, None, None, None, None) for text in texts]
        return spark.createDataFrame(made, ddl(NUMBERED))

    assert not has_twins(rows("a", "a"))
    assert has_twins(rows("a", "b"))
    assert has_twins(rows("a", language="en").unionByName(rows("a", language="fr")))
