"""What other shapes ask of values: ``sh:node``, ``sh:property``, ``sh:qualifiedValueShape``.

Source: SHACL, section 4.7 (shape-based constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from testimonia.shacl.components.component import (
    NO_VALUE,
    CoreConstraint,
    LeadsTo,
    Stated,
    ValueNodes,
    component_of,
    core,
    except_for,
)
from testimonia.shacl.model import Constraint, Shape
from testimonia.shacl.names import sh
from testimonia.shacl.shapes_graph import IllFormed

__all__ = ["PARAMETERS", "Node", "PropertyShape", "Qualified"]


@dataclass(frozen=True, eq=False)
class Node(CoreConstraint):
    """``sh:node``."""

    shape: Shape

    @classmethod
    def read(cls, at: Stated) -> Iterator[Node]:
        yield cls(at.component, at.refer(at.value))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.among(at.failing(self, self.shape, at.different()))

    def say(self) -> str:
        return f"The value does not conform to {self.shape.node}"

    def step(self) -> str:
        return "validate each different value once against"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape,)


@dataclass(frozen=True, eq=False)
class PropertyShape(Constraint):
    """``sh:property``: it has no results of its own, but those of its shape at the value nodes."""

    shape: Shape

    @classmethod
    def read(cls, at: Stated) -> Iterator[PropertyShape]:
        shape = at.refer(at.value)
        if not at.graph.objects(at.value, sh("path")):
            raise IllFormed(at.value, "it is a value of sh:property, and has no sh:path")
        yield cls(at.component, shape)

    def step(self) -> str:
        return "property shape"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape,)


@dataclass(frozen=True, eq=False)
class Qualified(CoreConstraint):
    """``sh:qualifiedMinCount`` or ``sh:qualifiedMaxCount``; no value may conform to a sibling."""

    shape: Shape
    siblings: tuple[Shape, ...]
    count: int
    lower: bool

    @classmethod
    def read(cls, at: Stated) -> Iterator[Qualified]:
        disjoint = at.graph.boolean(at.node, sh("qualifiedValueShapesDisjoint"))
        counts = [
            (parameter, at.integer(parameter))
            for parameter in (_LEAST, _MOST)
            if at.graph.objects(at.node, parameter)
        ]
        if not counts:
            raise IllFormed(at.node, "sh:qualifiedValueShape needs a minimum or a maximum count")
        siblings = _siblings(at) if disjoint else ()
        for parameter, count in counts:
            shape = at.refer(at.value)
            yield cls(component_of(parameter), shape, siblings, count, lower=parameter == _LEAST)

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

    def say(self) -> str:
        side = "Fewer" if self.lower else "More"
        return f"{side} than {self.count} values conform to {self.shape.node}"

    def step(self) -> str:
        return f"validate each different value once; count by focus node against {self.count}"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape, *self.siblings)

    def negated(self) -> tuple[Shape, ...]:
        return self.siblings if self.lower else self.nested()


_LEAST, _MOST = sh("qualifiedMinCount"), sh("qualifiedMaxCount")


def _siblings(at: Stated) -> tuple[Shape, ...]:
    """Return the sibling shapes of a qualified value shape (SHACL, section 4.7.3)."""
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
    core("node", Node.read, repeatable=True, leads_to=LeadsTo.SHAPE),
    core("property", PropertyShape.read, repeatable=True, leads_to=LeadsTo.SHAPE),
    core(
        "qualifiedValueShape",
        Qualified.read,
        repeatable=True,
        in_node_shapes=False,
        leads_to=LeadsTo.SHAPE,
    ),
)
