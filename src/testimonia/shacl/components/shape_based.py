"""Constraints that apply other shapes to values: ``sh:node``, ``sh:property``.

Source: SHACL, sections 4.7.1 and 4.7.2; ``sh:qualifiedValueShape`` has a module of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from testimonia.shacl.components.component import (
    CoreConstraint,
    ParameterValue,
    RefersTo,
    ValueNodes,
    core,
)
from testimonia.shacl.model import Constraint, Shape
from testimonia.shacl.names import sh
from testimonia.shacl.shapes_graph import IllFormed

__all__ = ["PARAMETERS", "Node", "PropertyShape"]


@dataclass(frozen=True, eq=False)
class Node(CoreConstraint):
    """``sh:node``."""

    shape: Shape

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Node]:
        yield cls(at.component, at.refer(at.value))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.among(at.failing(self, self.shape, at.different()))

    def default_message(self) -> str:
        return f"The value does not conform to {self.shape.node}"

    def plan_step(self) -> str:
        return "validate each different value once against"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape,)


@dataclass(frozen=True, eq=False)
class PropertyShape(Constraint):
    """``sh:property``: it has no results of its own, only those of its shape at the value nodes."""

    shape: Shape

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[PropertyShape]:
        shape = at.refer(at.value)
        if not at.graph.objects(at.value, sh("path")):
            raise IllFormed(at.value, "it is a value of sh:property but has no sh:path")
        yield cls(at.component, shape)

    def plan_step(self) -> str:
        return "property shape"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape,)


PARAMETERS = (
    core("node", Node.read, repeatable=True, refers_to=RefersTo.SHAPE),
    core("property", PropertyShape.read, repeatable=True, refers_to=RefersTo.SHAPE),
)
