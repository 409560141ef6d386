"""The number of values that conform to a shape: ``sh:qualifiedValueShape``.

Source: SHACL, section 4.7.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from testimonia.shacl.components.component import (
    NO_VALUE,
    CoreConstraint,
    ParameterValue,
    RefersTo,
    ValueNodes,
    component_of,
    core,
    except_for,
)
from testimonia.shacl.model import Shape
from testimonia.shacl.names import sh
from testimonia.shacl.shapes_graph import IllFormed

__all__ = ["PARAMETERS", "QualifiedCount"]


@dataclass(frozen=True, eq=False)
class QualifiedCount(CoreConstraint):
    """``sh:qualifiedMinCount`` or ``sh:qualifiedMaxCount``; values that conform to a sibling do not count."""

    shape: Shape
    siblings: tuple[Shape, ...]
    count: int
    lower: bool

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[QualifiedCount]:
        disjoint = at.graph.boolean(at.node, sh("qualifiedValueShapesDisjoint"))
        counts = [
            (parameter, at.integer(parameter))
            for parameter in (_MIN, _MAX)
            if at.graph.objects(at.node, parameter)
        ]
        if not counts:
            raise IllFormed(at.node, "sh:qualifiedValueShape needs a minimum or a maximum count")
        siblings = _siblings(at) if disjoint else ()
        for parameter, count in counts:
            shape = at.refer(at.value)
            yield cls(component_of(parameter), shape, siblings, count, lower=parameter == _MIN)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        ids = at.different()
        counted = except_for(ids, at.failing(self, self.shape, ids))
        for sibling in self.siblings:
            counted = at.failing(self, sibling, counted)
        numbers = at.among(counted).group_by("focus").len("number")
        number = pl.col("number").fill_null(0)
        wrong = number < self.count if self.lower else number > self.count
        return (
            pl.DataFrame({"focus": at.focus})
            .join(numbers, on="focus", how="left")
            .filter(wrong)
            .select("focus", NO_VALUE)
        )

    def default_message(self) -> str:
        side = "Fewer" if self.lower else "More"
        return f"{side} than {self.count} values conform to {self.shape.node}"

    def plan_step(self) -> str:
        return f"validate each different value once; count by focus node against {self.count}"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape, *self.siblings)

    def negated(self) -> tuple[Shape, ...]:
        return self.siblings if self.lower else self.nested()


_MIN, _MAX = sh("qualifiedMinCount"), sh("qualifiedMaxCount")


def _siblings(at: ParameterValue) -> tuple[Shape, ...]:
    """Return the sibling shapes of a qualified value shape."""
    graph, own = at.graph, sh("property")
    found = [
        each
        for parent in graph.subjects(own, at.node)
        for sibling in graph.objects(parent, own)
        for each in graph.objects(sibling, at.parameter)
        if each != at.value
    ]
    return tuple(at.refer(each) for each in dict.fromkeys(found))


PARAMETERS = (
    core(
        "qualifiedValueShape",
        QualifiedCount.read,
        repeatable=True,
        in_node_shapes=False,
        refers_to=RefersTo.SHAPE,
    ),
)
