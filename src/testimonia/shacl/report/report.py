"""The validation report: results in columns, as a table, and as the graph that SHACL defines.

Source: SHACL, section 3.6 (validation report).
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from testimonia.shacl.data.dictionary import Terms, parsed
from testimonia.shacl.engine import Finding
from testimonia.shacl.faults import Coverage, Fault
from testimonia.shacl.messages import messages_of
from testimonia.shacl.model import Shape, SparqlConstraint
from testimonia.shacl.names import COMMENT, TYPE, sh
from testimonia.shacl.report.notices import notices
from testimonia.shacl.report.ntriples import report_lines

__all__ = ["ColumnarReport"]

_FRAME: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "shape": pl.String,
    "component": pl.String,
    "severity": pl.String,
    "focus": pl.String,
    "path": pl.String,
    "value": pl.String,
    "messages": pl.List(pl.String),
    "constraint": pl.String,
}
_BATCH = 100_000


@dataclass(frozen=True, eq=False)
class ColumnarReport:
    """The report of a validation.

    Attributes
    ----------
    totals
        The number of results of each shape that has any, including those that a limit left out.
    findings
        The results kept, as columns of term ids, by shape and constraint.
    idle
        The shapes whose targets select no node of the data.
    triples_read
        The number of triples or quads read, with duplicates.
    cautions
        Reasons why results may differ from those that the standard requires.
    unchecked
        The parts of the shapes that were left out, each with the reason.
    without_target
        The shapes that have no target and that no other shape refers to, so that they check nothing.
    targeted
        The number of shapes that have a target.
    """

    terms: Terms = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    totals: dict[Shape, int] = field(repr=False)
    idle: tuple[Shape, ...] = field(repr=False)
    triples_read: int
    cautions: tuple[str, ...] = ()
    unchecked: tuple[Fault, ...] = ()
    without_target: tuple[NamedNode | BlankNode, ...] = ()
    targeted: int = 1

    @property
    def conforms(self) -> bool:
        """Whether what was checked has no results, of any severity."""
        return not self.totals

    @property
    def complete(self) -> bool:
        """Whether every constraint was checked."""
        return self.coverage.complete

    @property
    def coverage(self) -> Coverage:
        """Which parts of the shapes were not checked."""
        return Coverage(
            self.unchecked,
            tuple(node.value for node in self.without_target),
            self.cautions,
            self.targeted,
        )

    @property
    def number(self) -> int:
        """The number of results, including those that a limit left out."""
        return sum(self.totals.values())

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The results kept, as a table of strings in a fixed order.

        Terms are written as in N-Triples, paths as in SPARQL. Columns: ``shape``, ``component``,
        ``severity``, ``focus``, ``path``, ``value``, ``messages`` (a list of literals),
        ``constraint`` (the value of ``sh:sparql``).
        """
        tables = [self._table(each) for each in self.findings]
        whole = pl.concat([pl.DataFrame(schema=_FRAME), *tables])
        said = pl.col("messages").list.join("\n")
        order = ["shape", "component", "focus", "path", "value", said]
        return whole.sort(order, nulls_last=True)

    def triples(self) -> Iterator[Triple]:
        """Yield the report graph, result by result."""
        report = BlankNode()
        yield Triple(report, TYPE, sh("ValidationReport"))
        yield Triple(report, sh("conforms"), Literal(self.conforms))
        for comment in self._comments():
            yield Triple(report, COMMENT, comment)
        for finding in self.findings:
            for batch in finding.rows.iter_slices(_BATCH):
                yield from self._result_triples(report, finding, batch)

    def serialize(self, form: RdfFormat = RdfFormat.TURTLE) -> bytes:
        """Return the report graph in an RDF format."""
        stream = io.BytesIO()
        serialize(self.triples(), stream, form, prefixes={"sh": sh("").value})
        return stream.getvalue()

    def write(self, path: Path) -> None:
        """Write the report graph to a file, in the format of its suffix, without building it in memory.

        N-Triples (``.nt``) are written several times as fast as other formats.

        Raises
        ------
        OSError
            The file cannot be written; an existing file is then left unchanged.
        """
        form = RdfFormat.from_extension(path.suffix.lstrip(".")) or RdfFormat.TURTLE
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            try:
                if form == RdfFormat.N_TRIPLES:
                    stream.writelines(self._lines())
                else:
                    serialize(self.triples(), stream, form, prefixes={"sh": sh("").value})
            except BaseException:
                Path(stream.name).unlink()
                raise
        os.replace(stream.name, path)  # noqa: PTH105 - the same as Path.replace

    def _comments(self) -> list[Literal]:
        idle = [each.node.value for each in self.idle]
        return [Literal(str(each)) for each in notices(self.coverage, idle)]

    def _lines(self) -> Iterator[bytes]:
        messages = [messages_of(each.shape, each.constraint) for each in self.findings]
        return report_lines(
            self.terms,
            self.findings,
            messages,
            conforms=self.conforms,
            comments=self._comments(),
        )

    def _table(self, finding: Finding) -> pl.DataFrame:
        rows, shape, decode = finding.rows, finding.shape, self.terms.decode
        path = shape.path.sparql() if shape.path is not None else None
        constraint = finding.constraint
        written = [str(each) for each in messages_of(shape, constraint)]
        return (
            pl.DataFrame(
                {
                    "shape": pl.Series([str(shape.node)]).new_from_index(0, rows.height),
                    "focus": decode(rows["focus"]),
                    "value": decode(rows["value"]),
                    "path": decode(rows["path"])
                    if "path" in rows.columns
                    else pl.Series([path], dtype=pl.String).new_from_index(0, rows.height),
                }
            )
            .with_columns(
                component=pl.lit(str(constraint.component)),
                severity=pl.lit(str(shape.severity)),
                messages=rows["messages"] if "messages" in rows.columns else pl.lit(written),
                constraint=pl.lit(
                    str(constraint.node) if isinstance(constraint, SparqlConstraint) else None,
                    dtype=pl.String,
                ),
                path=pl.col("path").fill_null(pl.lit(path, dtype=pl.String)),
            )
            .select(list(_FRAME))
        )

    def _result_triples(
        self, report: BlankNode, finding: Finding, rows: pl.DataFrame
    ) -> Iterator[Triple]:
        shape, constraint, objects = finding.shape, finding.constraint, self.terms.objects
        default = messages_of(shape, constraint)
        several = rows["messages"] if "messages" in rows.columns else [None] * rows.height
        values = self.terms.optional_objects(rows["value"])
        paths = (
            self.terms.optional_objects(rows["path"])
            if "path" in rows.columns
            else [None] * rows.height
        )
        for focus, value, path, written in zip(
            objects(rows["focus"]), values, paths, several, strict=True
        ):
            result = BlankNode()
            yield Triple(report, sh("result"), result)
            yield Triple(result, TYPE, sh("ValidationResult"))
            yield Triple(result, sh("focusNode"), focus)
            if path is not None:
                yield Triple(result, sh("resultPath"), path)
            elif shape.path is not None:
                node, described = shape.path.triples(BlankNode)
                yield Triple(result, sh("resultPath"), node)
                yield from described
            if value is not None:
                yield Triple(result, sh("value"), value)
            yield Triple(result, sh("resultSeverity"), shape.severity)
            yield Triple(result, sh("sourceConstraintComponent"), constraint.component)
            yield Triple(result, sh("sourceShape"), shape.node)
            if isinstance(constraint, SparqlConstraint):
                yield Triple(result, sh("sourceConstraint"), constraint.node)
            for message in parsed(written) if written is not None and len(written) else default:
                yield Triple(result, sh("resultMessage"), message)
