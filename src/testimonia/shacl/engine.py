"""Shapes against all their focus nodes at once: what each constraint finds, as columns of term ids.

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
from testimonia.shacl.shapes_graph import DEEPEST
from testimonia.shacl.sparql.queries import Queries
from testimonia.shacl.walking import value_pairs

__all__ = ["Evaluation", "Finding", "target_nodes"]

_JUDGED = {"node": pl.UInt32, "failed": pl.Boolean}


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


class Rounds:
    """The nodes asked of the shapes of a circle, and those found to fail so far.

    Attributes
    ----------
    asked, failed
        By shape, the ids of nodes.
    """

    def __init__(self) -> None:
        self.asked: dict[Shape, set[int]] = defaultdict(set)
        self.failed: dict[Shape, set[int]] = defaultdict(set)
        self._new: dict[Shape, set[int]] = defaultdict(set)
        self._more_failed = False

    def ask(self, shape: Shape, ids: pl.Series) -> None:
        """Note nodes that are to be judged by a shape."""
        new = set(ids) - self.asked[shape]
        self.asked[shape] |= new
        self._new[shape] |= new

    def fail(self, shape: Shape, ids: pl.Series) -> None:
        """Note nodes that do not conform to a shape."""
        new = set(ids) - self.failed[shape]
        self.failed[shape] |= new
        self._more_failed |= bool(new)

    def due(self) -> dict[Shape, set[int]]:
        """Return what is to be judged next: what is new, or if more nodes fail, all that do not."""
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
        What runs the SPARQL queries of the shapes.
    seconds
        How long a pattern may take whose time has no bound; None for ever.

    Attributes
    ----------
    met
        What could not be checked, though there were nodes to check it at.
    """

    def __init__(self, graph: Graph, queries: Queries, *, seconds: float | None = None) -> None:
        self._graph = graph
        self._seconds = seconds
        self._queries = queries
        self._failed: dict[Shape, pl.DataFrame] = {}
        self._incomplete: set[Shape] = set()
        self._under_way: dict[int, Rounds] = {}
        self.met: dict[Fault, None] = {}

    def findings(self, shape: Shape, focus: pl.Series, depth: int = 0) -> Iterator[Finding]:
        """Yield what each constraint of a shape finds at focus nodes, each given once.

        What cannot be checked is noted in ``met``; no results come from it, and none of a negation of
        it, so that every result holds.
        """
        if not shape.constraints or focus.is_empty():
            return
        if shape.path is None:
            values = pl.DataFrame({"focus": focus, "value": focus})
        else:
            values = value_pairs(self._graph, shape.path, focus)
        for constraint in shape.constraints:
            try:
                if isinstance(constraint, PropertyShape):
                    yield from self._at_values(constraint.shape, values, _deeper(depth))
                else:
                    rows = self._find(shape, constraint, focus, values, depth)
                    if rows.height:
                        yield Finding(shape, constraint, rows.with_columns(root="focus"))
            except NotEvaluated as error:
                self._incomplete.add(shape)
                self.met[_fault(shape, constraint, error.reason)] = None
            if any(inner in self._incomplete for inner in constraint.nested()):
                self._incomplete.add(shape)

    def failing(self, shape: Shape, ids: pl.Series, depth: int) -> pl.Series:
        """Return those of different nodes that do not conform to a shape."""
        depth = _deeper(depth)
        rounds = None if shape.circle is None else self._under_way.get(shape.circle)
        asked = pl.DataFrame({"node": ids})
        new = asked.join(self._judged(shape), on="node", how="anti")["node"]
        if rounds is not None:
            rounds.ask(shape, new)
        elif shape.circle is not None and new.len():
            self._go_round(shape.circle, shape, new, depth)
        elif new.len():
            self._judge(shape, new, self._roots(shape, new, depth))
        failed = self._judged(shape).filter("failed")["node"]
        if rounds is not None:
            failed = pl.concat([failed, nodes(rounds.failed[shape])])
        return asked.join(pl.DataFrame({"node": failed}), on="node", how="semi")["node"]

    def _judged(self, shape: Shape) -> pl.DataFrame:
        known = self._failed.get(shape)
        return pl.DataFrame(schema=_JUDGED) if known is None else known

    def _judge(self, shape: Shape, new: pl.Series, failed: pl.Series) -> None:
        judged = pl.DataFrame({"node": new}).with_columns(
            failed=pl.col("node").is_in(failed.implode())
        )
        self._failed[shape] = pl.concat([self._judged(shape), judged])

    def _roots(self, shape: Shape, ids: pl.Series, depth: int) -> pl.Series:
        """Return those of different nodes at which a shape or what it nests finds something."""
        found = list(self.findings(shape, ids, depth))
        return distinct(pl.concat([nodes(), *(each.rows["root"].alias("node") for each in found)]))

    def _go_round(self, circle: int, shape: Shape, ids: pl.Series, depth: int) -> None:
        """Judge nodes by shapes that refer to each other: what is not shown to fail conforms."""
        rounds = self._under_way[circle] = Rounds()
        rounds.ask(shape, ids)
        try:
            while due := rounds.due():
                for member, numbers in due.items():
                    failed = self._roots(member, nodes(sorted(numbers)), depth)
                    rounds.fail(member, failed)
        finally:
            del self._under_way[circle]
        for member, numbers in rounds.asked.items():
            self._judge(member, nodes(sorted(numbers)), nodes(rounds.failed[member]))

    def _at_values(self, shape: Shape, values: pl.DataFrame, depth: int) -> Iterator[Finding]:
        """Yield the findings of a property shape at value nodes, once for each way there."""
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
            return self._asked(shape, constraint, focus, values)
        assert isinstance(constraint, CoreConstraint)  # noqa: S101 - there are no others
        failing = partial(self._of_inner, depth)
        return constraint.check(ValueNodes(self._graph, focus, values, failing, self._seconds))

    def _asked(
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

    def _of_inner(
        self, depth: int, constraint: Constraint, shape: Shape, ids: pl.Series
    ) -> pl.Series:
        """Return the failing nodes; refuse to negate what is known in part only."""
        failing = self.failing(shape, ids, depth)
        if shape in self._incomplete and shape in constraint.negated():
            raise NotEvaluated(f"it negates {shape.node}, of which a part was not checked")
        return failing


def _deeper(depth: int) -> int:
    if depth == DEEPEST:
        raise NotEvaluated(f"shapes are nested more than {DEEPEST} deep there")
    return depth + 1


def _fault(shape: Shape, constraint: Constraint, reason: str) -> Fault:
    if isinstance(constraint, Unreadable):
        return constraint.fault
    node = constraint.node if isinstance(constraint, SparqlConstraint) else shape.node
    return Fault(node, reason, constraint.component, kind=Kind.NOT_EVALUATED)
