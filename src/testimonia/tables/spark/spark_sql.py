"""Rewrites the SQL of compiled queries, which is DuckDB's, in that of Spark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from testimonia.errors import NotCompiled

__all__ = ["Fixpoint", "SparkSql", "View", "expression_in_spark", "in_spark"]

_WHOLE_NUMBERS: Final = exp.DataType.build("DECIMAL(38, 0)")
_SUMMANDS: Final = exp.DataType.build("DECIMAL(20, 0)")


@dataclass(frozen=True)
class View:
    """A SELECT with a name."""

    name: str
    sql: str


@dataclass(frozen=True)
class Fixpoint:
    """A recursive SELECT with a name: ``step`` reads the rows found last by that name, until it finds no new ones."""

    name: str
    start: str
    step: str


@dataclass(frozen=True)
class SparkSql:
    """A query: named SELECTs, each of which reads only those before it, and the one that gives the rows."""

    named: tuple[View | Fixpoint, ...]
    rows: str


def in_spark(sql: str) -> SparkSql:
    """Rewrite a compiled query.

    Parameters
    ----------
    sql
        As `testimonia.query.columnar.compiled_queries.CompiledQuery` has it.

    Raises
    ------
    NotCompiled
        It uses what Spark has no equal of.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb").transform(_rewritten)
        named: list[View | Fixpoint] = []
        if (clause := tree.args.get("with_")) is not None:
            tree.set("with_", None)
            named = [_named(each.alias, each.this) for each in clause.expressions]
        return SparkSql(tuple(named), _written(tree))
    except SqlglotError as error:
        raise NotCompiled(f"this has no equal in the SQL of Spark: {error}") from None


def expression_in_spark(sql: str) -> str:
    """Rewrite an expression.

    Parameters
    ----------
    sql
        An expression in the SQL of DuckDB.
    """
    return _written(sqlglot.parse_one(sql, dialect="duckdb").transform(_rewritten))


def _named(name: str, select: exp.Expression) -> View | Fixpoint:
    recurs = any(table.name == name for table in select.find_all(exp.Table))
    if not recurs:
        return View(name, _written(select))
    if not isinstance(select, exp.Union) or not select.args.get("distinct"):
        raise NotCompiled("Spark has only recursion that ends when there are no new rows")
    return Fixpoint(name, _written(select.this), _written(select.expression))


def _rewritten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.RegexpFullMatch):
        begin, end = exp.Literal.string("^(?:"), exp.Literal.string(")\\z")
        whole = exp.func("concat", begin, node.expression, end)
        return exp.RegexpLike(this=node.this, expression=whole)
    if isinstance(node, exp.Anonymous) and node.name.lower() == "error":
        return exp.Anonymous(this="raise_error", expressions=node.expressions)
    if isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.INT128:
        for total in node.find_all(exp.Sum):  # which is as wide as what it adds
            total.set("this", exp.cast(total.this, _SUMMANDS.copy()))
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
        return _WHOLE_NUMBERS.copy()
    return node


def _written(tree: exp.Expression) -> str:
    written: str = tree.sql("spark", unsupported_level=ErrorLevel.RAISE, normalize_functions=False)
    return written
