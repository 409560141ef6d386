"""Shapes against all their focus nodes at once: what each constraint finds, as columns of term ids.

Source: SHACL, section 3.4 (validation) and section 4 (core constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from testimonia.validation.columnar.checks import ValueNodes, find
from testimonia.validation.columnar.graph import Graph, distinct, nodes
from testimonia.validation.columnar.paths import value_pairs
from testimonia.validation.columnar.queries import Queries
from testimonia.validation.columnar.shapes import (
    Combination,
    Constraint,
    CustomConstraint,
    Qualified,
    Shape,
    ShapeReference,
    SparqlConstraint,
    Targets,
)
from testimonia.validation.columnar.vocabulary import sh

__all__ = ["Evaluation", "Finding", "target_nodes"]

_NOT = sh("NotConstraintComponent")
_PROPERTY = sh("PropertyConstraintComponent")
_AND = sh("AndConstraintComponent")
_OR = sh("OrConstraintComponent")
_MIN = sh("QualifiedMinCountConstraintComponent")


@dataclass(frozen=True, eq=False)
class Finding:
    """What one constraint of one shape found.

    Attributes
    ----------
    shape, constraint
        Where it comes from.
    rows
        One row a result: ``focus``, ``value`` (null if the result has none), and from some
        constraints ``path`` (a predicate's id) and ``messages`` (texts of literals). ``root`` is
        the focus node of the shape that was asked for, from which nested property shapes led here.
    """

    shape: Shape
    constraint: Constraint
    rows: pl.DataFrame


def target_nodes(graph: Graph, targets: Targets) -> pl.Series:
    """Return the focus nodes that targets stand for, each once."""
    terms = graph.terms
    found = [
        terms.ids(targets.nodes),
        *(graph.instances(terms.id(each)) for each in targets.classes),
        *(graph.pairs(each)["focus"] for each in targets.subjects_of),
        *(graph.pairs(each)["value"] for each in targets.objects_of),
    ]
    return distinct(pl.concat([nodes(), *(each.alias("node") for each in found)]))


class Evaluation:
    """Validates nodes of a graph against shapes.

    Parameters
    ----------
    graph
        The data graph.
    queries
        What runs the SPARQL queries of the shapes.
    """

    def __init__(self, graph: Graph, queries: Queries) -> None:
        self._graph = graph
        self._queries = queries
        self._failed: dict[Shape, pl.DataFrame] = {}

    def findings(self, shape: Shape, focus: pl.Series) -> Iterator[Finding]:
        """Yield what each constraint of a shape finds at focus nodes, each given once."""
        if not shape.constraints or focus.is_empty():
            return
        if shape.path is None:
            values = pl.DataFrame({"focus": focus, "value": focus})
        else:
            values = value_pairs(self._graph, shape.path, focus)
        for constraint in shape.constraints:
            if isinstance(constraint, ShapeReference) and constraint.component == _PROPERTY:
                yield from self._at_values(constraint.shape, values)
                continue
            rows = self._find(shape, constraint, focus, values)
            if rows.height:
                yield Finding(shape, constraint, rows.with_columns(root="focus"))

    def failing(self, shape: Shape, ids: pl.Series) -> pl.Series:
        """Return those of different nodes that do not conform to a shape."""
        asked = pl.DataFrame({"node": ids})
        known = self._failed.get(shape)
        if known is None:
            known = pl.DataFrame(schema={"node": pl.UInt32, "failed": pl.Boolean})
        new = asked.join(known, on="node", how="anti")
        if new.height:
            found = list(self.findings(shape, new["node"]))
            roots = pl.concat([nodes(), *(each.rows["root"].alias("node") for each in found)])
            judged = new.with_columns(failed=pl.col("node").is_in(roots.unique().implode()))
            known = self._failed[shape] = pl.concat([known, judged])
        return asked.join(known.filter("failed"), on="node", how="semi")["node"]

    def _at_values(self, shape: Shape, values: pl.DataFrame) -> Iterator[Finding]:
        """Yield the findings of a property shape at value nodes, once for each way there."""
        ways = values.select("focus", root="value")
        for found in self.findings(shape, distinct(values["value"])):
            rows = found.rows.join(ways.rename({"focus": "from"}), on="root")
            yield Finding(found.shape, found.constraint, rows.drop("root").rename({"from": "root"}))

    def _find(
        self, shape: Shape, constraint: Constraint, focus: pl.Series, values: pl.DataFrame
    ) -> pl.DataFrame:
        match constraint:
            case SparqlConstraint():
                return self._queries.constraint(shape, constraint, focus)
            case CustomConstraint():
                return self._queries.custom(shape, constraint, focus, values)
            case ShapeReference() | Combination():
                return _at(values, self._unfit(constraint, distinct(values["value"])))
            case Qualified():
                return self._miscounted(constraint, focus, values)
        return find(constraint, ValueNodes(self._graph, focus, values))

    def _unfit(self, constraint: ShapeReference | Combination, ids: pl.Series) -> pl.Series:
        """Return the nodes that ``sh:node``, ``sh:not``, ``sh:and``, ``sh:or`` or ``sh:xone`` rejects."""
        if isinstance(constraint, ShapeReference):
            failing = self.failing(constraint.shape, ids)
            return _without(ids, failing) if constraint.component == _NOT else failing
        failures = pl.concat(
            [nodes(), *(self.failing(each, ids).alias("node") for each in constraint.shapes)]
        )
        number = len(constraint.shapes)
        counted = (
            pl.DataFrame({"node": ids})
            .join(failures.value_counts(name="failed"), on="node", how="left")
            .with_columns(pl.col("failed").fill_null(0))
        )
        if constraint.component == _AND:
            return counted.filter(pl.col("failed") > 0)["node"]
        if constraint.component == _OR:
            return counted.filter(pl.col("failed") == number)["node"]
        return counted.filter(pl.col("failed") != number - 1)["node"]

    def _miscounted(
        self, constraint: Qualified, focus: pl.Series, values: pl.DataFrame
    ) -> pl.DataFrame:
        ids = distinct(values["value"])
        counted = _without(ids, self.failing(constraint.shape, ids))
        for sibling in constraint.siblings:
            counted = self.failing(sibling, counted)
        numbers = _at(values, counted).group_by("focus").len("number")
        enough = pl.col("number").fill_null(0)
        wrong = (
            enough < constraint.count if constraint.component == _MIN else enough > constraint.count
        )
        return (
            pl.DataFrame({"focus": focus})
            .join(numbers, on="focus", how="left")
            .filter(wrong)
            .select("focus", value=pl.lit(None, dtype=pl.UInt32))
        )


def _at(values: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return values.join(pl.DataFrame({"value": ids}), on="value", how="semi")


def _without(ids: pl.Series, others: pl.Series) -> pl.Series:
    return pl.DataFrame({"node": ids}).join(pl.DataFrame({"node": others}), on="node", how="anti")[
        "node"
    ]
