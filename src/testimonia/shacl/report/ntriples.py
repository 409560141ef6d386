"""Writes the report graph as N-Triples, column by column: fast for reports with many results.

Source: SHACL, section 3.6 (validation report), and RDF 1.1 N-Triples.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import polars as pl
from pyoxigraph import BlankNode, Literal, RdfFormat, Triple, serialize

from testimonia.shacl.data.dictionary import Terms
from testimonia.shacl.engine import Finding
from testimonia.shacl.model import SparqlConstraint
from testimonia.shacl.names import COMMENT, TYPE, sh
from testimonia.shacl.paths import Path

__all__ = ["report_lines"]

_BATCH = 100_000
_STEP = "testimoniaPathStep"


def report_lines(
    terms: Terms,
    findings: tuple[Finding, ...],
    messages: list[tuple[Literal, ...]],
    *,
    conforms: bool,
    comments: list[Literal],
) -> Iterator[bytes]:
    """Yield the report graph as blocks of N-Triples.

    Parameters
    ----------
    terms
        The dictionary for the ids in the findings.
    findings
        The results, by shape and constraint.
    messages
        For each finding, the messages of its results that have none from a query.
    conforms
        Whether the data conform.
    comments
        Comments on the report as a whole.
    """
    report = BlankNode("report")
    head = [
        Triple(report, TYPE, sh("ValidationReport")),
        Triple(report, sh("conforms"), Literal(conforms)),
        *(Triple(report, COMMENT, comment) for comment in comments),
    ]
    yield _lines(head).encode()
    first = 0
    for finding, said in zip(findings, messages, strict=True):
        for batch in finding.rows.iter_slices(_BATCH):
            rows = batch.with_row_index("number", offset=first)
            first += batch.height
            yield _results(terms, finding, rows).str.join("").item().encode()
            yield _messages(rows, said).encode()


def _results(terms: Terms, finding: Finding, rows: pl.DataFrame) -> pl.Series:
    """Write each result, without its messages."""
    shape, constraint = finding.shape, finding.constraint
    result = BlankNode("result")
    constant = [
        Triple(BlankNode("report"), sh("result"), result),
        Triple(result, TYPE, sh("ValidationResult")),
        Triple(result, sh("resultSeverity"), shape.severity),
        Triple(result, sh("sourceConstraintComponent"), constraint.component),
        Triple(result, sh("sourceShape"), shape.node),
    ]
    if isinstance(constraint, SparqlConstraint):
        constant.append(Triple(result, sh("sourceConstraint"), constraint.node))
    texts = rows.select(
        "number",
        focus=terms.decode(rows["focus"]),
        value=terms.decode(rows["value"]),
        path=terms.decode(rows["path"]) if "path" in rows.columns else pl.lit(None, pl.String),
    )
    own = pl.lit(None, pl.String) if shape.path is None else _numbered(_path_lines(shape.path))
    return texts.select(
        pl.concat_str(
            _numbered(_lines(constant)),
            _linked("focusNode", "focus"),
            _linked("value", "value").fill_null(""),
            pl.coalesce(_linked("resultPath", "path"), own, pl.lit("")),
        )
    ).to_series()


def _linked(link: str, column: str) -> pl.Expr:
    return pl.format(f"_:r{{}} {sh(link)} {{}} .\n", "number", column)


def _messages(rows: pl.DataFrame, said: tuple[Literal, ...]) -> str:
    link = sh("resultMessage")
    constant = _lines([Triple(BlankNode("result"), link, message) for message in said])
    if "messages" not in rows.columns:
        return str(rows.select(_numbered(constant).str.join("")).item())
    without = rows.filter(pl.col("messages").list.len() == 0)
    several = rows.select("number", "messages").explode("messages").drop_nulls("messages")
    return str(without.select(_numbered(constant).str.join("")).item()) + str(
        several.select(_linked("resultMessage", "messages").str.join("")).item()
    )


def _path_lines(path: Path) -> str:
    steps = count()
    node, described = path.triples(lambda: BlankNode(f"{_STEP}{next(steps)}"))
    return _lines([Triple(BlankNode("result"), sh("resultPath"), node), *described])


def _lines(triples: list[Triple]) -> str:
    written = serialize(triples, format=RdfFormat.N_TRIPLES)
    return (written or b"").decode()


def _numbered(lines: str) -> pl.Expr:
    """Put the number of each result into the labels of the blank nodes for it and its path."""
    parts = lines.replace(f"_:{_STEP}", "_:result\0").split("_:result")
    pieces: list[pl.Expr] = [pl.lit(parts[0])]
    for part in parts[1:]:
        step = part.startswith("\0")
        pieces += [
            pl.lit("_:r"),
            pl.col("number").cast(pl.String),
            pl.lit("p" + part[1:] if step else part),
        ]
    return pl.concat_str(pieces)
