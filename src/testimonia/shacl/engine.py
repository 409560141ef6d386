"""Evaluates shapes at all their focus nodes at once; results are columns of term ids.

Source: SHACL, section 3.4 (validation) and section 4 (core constraint components).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from testimonia.shacl.components.component import CoreConstraint, ValueNodes
from testimonia.shacl.components.shape_based import PropertyShape
from testimonia.shacl.data.graph import Graph, distinct, nodes
from testimonia.shacl.faults import Fault, Kind, NotEvaluated
from testimonia.shacl.model import (
    Constraint,
    CustomConstraint,
    Shape,
    SparqlConstraint,
    Targets,
    Unreadable,
)
from testimonia.shacl.path_evaluation import value_pairs
from testimonia.shacl.shapes_graph import MAX_DEPTH
from testimonia.shacl.sparql.queries import Queries

__all__ = ["Evaluation", "Finding", "target_nodes"]

_CHECKED = {"node": pl.UInt32, "failed": pl.Boolean}


@dataclass(frozen=True, eq=False)
class Finding:
    """What one constraint of one shape found.

    Attributes
    ----------
    shape, constraint
        The constraint, and the shape that has it.
    rows
        One row per result: ``focus``, ``value`` (null if the result has none), and from some
        constraints ``path`` (the id of a predicate) and ``messages`` (texts of literals). ``root``
        is the focus node of the outermost shape, from which nested property shapes led here.
    """

    shape: Shape
    constraint: Constraint
    rows: pl.DataFrame


def target_nodes(graph: Graph, targets: Targets) -> pl.Series:
    """Return the focus nodes that targets select, without duplicates."""
    terms = graph.terms
    found = [
        terms.ids(targets.nodes),
        *(graph.instances(terms.id(each)) for each in targets.classes),
        *(graph.pairs(each)["focus"] for each in targets.subjects_of),
        *(graph.pairs(each)["value"] for each in targets.objects_of),
    ]
    return distinct(pl.concat([nodes(), *(each.alias("node") for each in found)]))


class _Fixpoint:
    """The nodes checked against the recursive shapes of a cycle, and those found to fail so far.

    Attributes
    ----------
    asked, failed
        Ids of nodes, by shape.
    """

    def __init__(self) -> None:
        self.asked: dict[Shape, set[int]] = defaultdict(set)
        self.failed: dict[Shape, set[int]] = defaultdict(set)
        self._new: dict[Shape, set[int]] = defaultdict(set)
        self._more_failed = False

    def ask(self, shape: Shape, ids: pl.Series) -> None:
        """Add nodes to check against a shape."""
        new = set(ids) - self.asked[shape]
        self.asked[shape] |= new
        self._new[shape] |= new

    def fail(self, shape: Shape, ids: pl.Series) -> None:
        """Add nodes that do not conform to a shape."""
        new = set(ids) - self.failed[shape]
        self.failed[shape] |= new
        self._more_failed |= bool(new)

    def due(self) -> dict[Shape, set[int]]:
        """Return the nodes to check next: the new ones or, if more nodes failed, all that have not."""
        due = self._new
        if self._more_failed:
            due = {shape: ids - self.failed[shape] for shape, ids in self.asked.items()}
        self._new, self._more_failed = defaultdict(set), False
        return {shape: ids for shape, ids in due.items() if ids}


class Evaluation:
    """Validates nodes of a graph against shapes.

    Parameters
    ----------
    graph
        The data graph.
    queries
        Runs the SPARQL queries of the shapes.
    seconds
        Time limit for each path that repeats, and for each regular expression that is not matched in
        linear time; None for no limit.

    Attributes
    ----------
    unchecked
        The constraints that could not be checked although there were nodes to check.
    """

    def __init__(self, graph: Graph, queries: Queries, *, seconds: float | None = None) -> None:
        self._graph = graph
        self._seconds = seconds
        self._queries = queries
        self._failed: dict[Shape, pl.DataFrame] = {}
        self._incomplete: set[Shape] = set()
        self._fixpoints: dict[int, _Fixpoint] = {}
        self.unchecked: dict[Fault, None] = {}

    def findings(self, shape: Shape, focus: pl.Series, depth: int = 0) -> Iterator[Finding]:
        """Yield what each constraint of a shape finds at focus nodes, which have no duplicates.

        A constraint that cannot be checked is added to ``unchecked`` and has no results; nor has a
        negation of it. So every result holds, whatever was left out.
        """
        if not shape.constraints or focus.is_empty():
            return
        try:
            values = self._values(shape, focus)
        except NotEvaluated as error:
            self._incomplete.add(shape)
            for constraint in shape.constraints:
                self.unchecked[_fault(shape, constraint, error.reason)] = None
            return
        for constraint in shape.constraints:
            try:
                if isinstance(constraint, PropertyShape):
                    yield from self._at_values(constraint.shape, values, _next_depth(depth))
                else:
                    rows = self._find(shape, constraint, focus, values, depth)
                    if rows.height:
                        yield Finding(shape, constraint, rows.with_columns(root="focus"))
            except NotEvaluated as error:
                self._incomplete.add(shape)
                self.unchecked[_fault(shape, constraint, error.reason)] = None
            if any(inner in self._incomplete for inner in constraint.nested()):
                self._incomplete.add(shape)

    def _values(self, shape: Shape, focus: pl.Series) -> pl.DataFrame:
        if shape.path is None:
            return pl.DataFrame({"focus": focus, "value": focus})
        return value_pairs(self._graph, shape.path, focus, self._seconds)

    def failing(self, shape: Shape, ids: pl.Series, depth: int) -> pl.Series:
        """Return those of some nodes (without duplicates) that do not conform to a shape."""
        depth = _next_depth(depth)
        fixpoint = None if shape.cycle is None else self._fixpoints.get(shape.cycle)
        asked = pl.DataFrame({"node": ids})
        new = asked.join(self._checked(shape), on="node", how="anti")["node"]
        if fixpoint is not None:
            fixpoint.ask(shape, new)
        elif shape.cycle is not None and new.len():
            self._iterate(shape.cycle, shape, new, depth)
        elif new.len():
            self._store(shape, new, self._failing_roots(shape, new, depth))
        failed = self._checked(shape).filter("failed")["node"]
        if fixpoint is not None:
            failed = pl.concat([failed, nodes(fixpoint.failed[shape])])
        return asked.join(pl.DataFrame({"node": failed}), on="node", how="semi")["node"]

    def _checked(self, shape: Shape) -> pl.DataFrame:
        """Return the nodes already checked against a shape, and whether each failed."""
        known = self._failed.get(shape)
        return pl.DataFrame(schema=_CHECKED) if known is None else known

    def _store(self, shape: Shape, new: pl.Series, failed: pl.Series) -> None:
        checked = pl.DataFrame({"node": new}).with_columns(
            failed=pl.col("node").is_in(failed.implode())
        )
        self._failed[shape] = pl.concat([self._checked(shape), checked])

    def _failing_roots(self, shape: Shape, ids: pl.Series, depth: int) -> pl.Series:
        """Return those of some nodes for which a shape, or a property shape in it, has a result."""
        found = list(self.findings(shape, ids, depth))
        return distinct(pl.concat([nodes(), *(each.rows["root"].alias("node") for each in found)]))

    def _iterate(self, cycle: int, shape: Shape, ids: pl.Series, depth: int) -> None:
        """Check nodes against recursive shapes until no more fail; those that do not fail conform."""
        fixpoint = self._fixpoints[cycle] = _Fixpoint()
        fixpoint.ask(shape, ids)
        try:
            while due := fixpoint.due():
                for member, numbers in due.items():
                    failed = self._failing_roots(member, nodes(sorted(numbers)), depth)
                    fixpoint.fail(member, failed)
        finally:
            del self._fixpoints[cycle]
        for member, numbers in fixpoint.asked.items():
            self._store(member, nodes(sorted(numbers)), nodes(fixpoint.failed[member]))

    def _at_values(self, shape: Shape, values: pl.DataFrame, depth: int) -> Iterator[Finding]:
        """Yield the findings of a property shape at value nodes, once for each focus node with the value."""
        ways = values.select("focus", root="value")
        for found in self.findings(shape, distinct(values["value"]), depth):
            rows = found.rows.join(ways.rename({"focus": "from"}), on="root")
            yield Finding(found.shape, found.constraint, rows.drop("root").rename({"from": "root"}))

    def _find(
        self,
        shape: Shape,
        constraint: Constraint,
        focus: pl.Series,
        values: pl.DataFrame,
        depth: int,
    ) -> pl.DataFrame:
        if isinstance(constraint, Unreadable):
            raise NotEvaluated(constraint.fault.reason)
        if isinstance(constraint, SparqlConstraint | CustomConstraint):
            return self._query(shape, constraint, focus, values)
        assert isinstance(constraint, CoreConstraint)  # noqa: S101 - there are no others
        failing = partial(self._failing_nested, depth)
        return constraint.check(ValueNodes(self._graph, focus, values, failing, self._seconds))

    def _query(
        self,
        shape: Shape,
        constraint: SparqlConstraint | CustomConstraint,
        focus: pl.Series,
        values: pl.DataFrame,
    ) -> pl.DataFrame:
        try:
            if isinstance(constraint, SparqlConstraint):
                return self._queries.constraint(shape, constraint, focus)
            return self._queries.custom(shape, constraint, focus, values)
        except (SyntaxError, RuntimeError, ValueError, OSError) as error:  # what Oxigraph raises
            raise NotEvaluated(f"its query cannot be evaluated: {error}") from error

    def _failing_nested(
        self, depth: int, constraint: Constraint, shape: Shape, ids: pl.Series
    ) -> pl.Series:
        """Return the failing nodes; refuse to negate a shape that was only partly checked."""
        failing = self.failing(shape, ids, depth)
        if shape in self._incomplete and shape in constraint.negated():
            raise NotEvaluated(f"it negates {shape.node}, which was only partly checked")
        return failing


def _next_depth(depth: int) -> int:
    if depth == MAX_DEPTH:
        raise NotEvaluated(f"shapes are nested more than {MAX_DEPTH} deep there")
    return depth + 1


def _fault(shape: Shape, constraint: Constraint, reason: str) -> Fault:
    if isinstance(constraint, Unreadable):
        return constraint.fault
    node = constraint.node if isinstance(constraint, SparqlConstraint) else shape.node
    return Fault(node, reason, constraint.component, kind=Kind.NOT_EVALUATED)
