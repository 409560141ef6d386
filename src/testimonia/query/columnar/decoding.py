"""Turns columns of ids and texts into RDF terms, each different one once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import duckdb
import polars as pl
import pyarrow as pa
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryResultsFormat, Triple
from rdflib import BNode, Variable

from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.compiled_queries import CompiledQuery
from testimonia.query.columnar.operands import Form
from testimonia.query.columnar.term_texts import texts_of
from testimonia.query.evaluation import Answer
from testimonia.query.solution_columns import terms_of_column
from testimonia.values import Term

__all__ = ["ColumnarAnswer", "texts_in"]


_XSD: Final = PREFIXES["xsd"]


@dataclass(frozen=True)
class ColumnarAnswer:
    """What a compiled query answered.

    Attributes
    ----------
    compiled
        The query.
    table
        Its rows, as DuckDB gave them.
    texts
        The terms of all ids in the table, as `texts_in` looks them up.
    """

    compiled: CompiledQuery
    table: pa.Table
    texts: pl.DataFrame

    @property
    def variables(self) -> list[str]:
        """The variables of a SELECT."""
        return [column.variable for column in self.compiled.columns]

    @property
    def boolean(self) -> bool:
        """What an ASK answers."""
        return bool(self.table.num_rows > 0)

    def columns(self) -> list[pl.Series]:
        """Write the terms of each variable as in N-Triples, without tabs; null where unbound."""
        found, number = [], 0
        for column in self.compiled.columns:
            if column.has_column:
                values = pl.Series(pl.from_arrow(self.table.column(number)))
                texts = _written(column.form, values, self.texts)
                number += 1
            else:
                text = None if column.term is None else str(column.term)
                texts = pl.repeat(text, self.table.num_rows, dtype=pl.String, eager=True)
            found.append(texts.str.replace_all("\t", "\\t", literal=True).alias(column.variable))
        return found

    def rows(self) -> Iterator[tuple[Term | None, ...]]:
        """Give the solutions of a SELECT, in order."""
        columns = [terms_of_column(texts) for texts in self.columns()]
        if not columns:
            return iter([()] * self.table.num_rows)
        return zip(*columns, strict=True)

    def triples(self) -> Iterator[Triple]:
        """Give the triples of a CONSTRUCT, each once."""
        columns = [terms_of_column(texts) for texts in self.columns()]
        by_name = dict(zip(self.variables, columns, strict=True))
        seen: set[Triple] = set()
        for number in range(self.table.num_rows):
            blanks: dict[BNode, BlankNode] = {}
            for pattern in self.compiled.template:
                parts = [_instance(part, by_name, number, blanks) for part in pattern]
                triple = _triple(*parts)
                if triple is not None and triple not in seen:
                    seen.add(triple)
                    yield triple

    def as_answer(self) -> Answer:
        """Write it as `testimonia.query.evaluation.evaluate` does: as TSV, as JSON, or as N-Triples."""
        kind = self.compiled.kind
        if kind == "boolean":
            return Answer(kind, json.dumps({"head": {}, "boolean": self.boolean}).encode())
        if kind == "triples":
            lines = (f"{t.subject} {t.predicate} {t.object} .\n" for t in self.triples())
            return Answer(kind, "".join(lines).encode())
        content = _tsv(self.variables, self.columns(), self.table.num_rows)
        return Answer(kind, content, QueryResultsFormat.TSV)


def _tsv(names: Sequence[str], columns: Sequence[pl.Series], rows: int) -> bytes:
    head = "\t".join(f"?{name}" for name in names).encode() + b"\n"
    if not columns:
        return head + b"\n" * rows
    stream = BytesIO()
    stream.write(head)
    pl.DataFrame(columns).write_csv(
        stream, include_header=False, separator="\t", quote_style="never", null_value=""
    )
    return stream.getvalue()


def _written(form: Form, values: pl.Series, texts: pl.DataFrame) -> pl.Series:
    """Write the terms of a column; STR_OF are IRIs of which the text is wanted."""
    if form in (Form.ID, Form.STR_OF):
        found = (
            values.alias("id").to_frame().join(texts, on="id", how="left", maintain_order="left")
        )
        written = found.get_column("text")
        return '"' + written.str.head(-1).str.slice(1) + '"' if form is Form.STR_OF else written
    expression = _OF_FORM[form](pl.col("value"))
    return values.alias("value").to_frame().select(expression).to_series()


def _quoted(text: pl.Expr) -> pl.Expr:
    for raw, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.str.replace_all(raw, escaped, literal=True)
    return '"' + text + '"'


def _of_any_kind(text: pl.Expr) -> pl.Expr:
    """Write what `testimonia.query.columnar.operands.text_of` wrote."""
    mark, rest = text.str.head(1), text.str.slice(1)
    parts = rest.str.splitn(" ", 2).struct
    about, value = parts.field("field_0"), _quoted(parts.field("field_1"))
    return (
        pl.when(mark == "I")
        .then("<" + rest + ">")
        .when(mark == "B")
        .then("_:" + rest)
        .when(mark == "S")
        .then(_quoted(rest))
        .when(mark == "G")
        .then(value + "@" + about)
        .otherwise(value + "^^<" + about + ">")
    )


_OF_FORM: Final[dict[Form, Callable[[pl.Expr], pl.Expr]]] = {
    Form.STRING: _quoted,
    Form.ADDRESS: lambda text: "<" + text + ">",
    Form.INTEGER: lambda text: '"' + text + f'"^^<{_XSD}integer>',
    Form.BOOLEAN: lambda truth: '"' + truth.cast(pl.String) + f'"^^<{_XSD}boolean>',
    Form.TEXT: _of_any_kind,
}


def _instance(
    part: Any, values: dict[str, list[Term | None]], row: int, blanks: dict[BNode, BlankNode]
) -> Term | None:
    if isinstance(part, BNode):
        return blanks.setdefault(part, BlankNode())
    return values[str(part)][row] if isinstance(part, Variable) else part


def _triple(subject: Any, predicate: Any, object_: Any) -> Triple | None:
    """Make a triple, unless a term is missing or cannot be where it is."""
    if (
        object_ is None
        or isinstance(subject, Literal | None)
        or not isinstance(predicate, NamedNode)
    ):
        return None
    return Quad(subject, predicate, object_).triple


def texts_in(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledQuery, table: pa.Table
) -> pl.DataFrame:
    """Look up the terms of all ids in a result.

    Parameters
    ----------
    connection
        The connection that gave it.
    compiled
        The query.
    table
        The result.

    Returns
    -------
    polars.DataFrame
        ``id`` and ``text``: the term as in N-Triples.
    """
    with_column = [column for column in compiled.columns if column.has_column]
    of_ids = [
        pl.Series("id", pl.from_arrow(table.column(number)), pl.Int64).unique()
        for number, column in enumerate(with_column)
        if column.form in (Form.ID, Form.STR_OF)
    ]
    known = pl.DataFrame(
        {"id": list(compiled.unknown), "text": [str(term) for term in compiled.unknown.values()]},
        schema={"id": pl.Int64, "text": pl.String},
    )
    if not of_ids:
        return known
    ids = pl.concat(of_ids).drop_nulls().unique()
    ids = ids.filter(~ids.is_in(known.get_column("id").implode()))
    return pl.concat([known, texts_of(connection, ids)])
