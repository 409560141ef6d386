"""Logical combinations of shapes: ``sh:not``, ``sh:and``, ``sh:or``, ``sh:xone``.

Source: SHACL, section 4.6 (logical constraint components).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import polars as pl

from testimonia.shacl.components.component import (
    CoreConstraint,
    ParameterValue,
    RefersTo,
    ValueNodes,
    core,
    except_for,
)
from testimonia.shacl.data.graph import nodes
from testimonia.shacl.model import Shape

__all__ = ["PARAMETERS", "And", "Not", "Or", "Xone"]


@dataclass(frozen=True, eq=False)
class Not(CoreConstraint):
    """``sh:not``."""

    shape: Shape

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Not]:
        yield cls(at.component, at.refer(at.value))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        ids = at.different()
        return at.among(except_for(ids, at.failing(self, self.shape, ids)))

    def default_message(self) -> str:
        return f"The value conforms to {self.shape.node}, but must not"

    def plan_step(self) -> str:
        return "validate each different value once against"

    def nested(self) -> tuple[Shape, ...]:
        return (self.shape,)

    def negated(self) -> tuple[Shape, ...]:
        return (self.shape,)


@dataclass(frozen=True, eq=False)
class _Combination(CoreConstraint):
    shapes: tuple[Shape, ...]

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Self]:
        yield cls(at.component, tuple(at.refer(each) for each in at.members()))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        ids = at.different()
        failed = [at.failing(self, each, ids) for each in self.shapes]
        failures = pl.concat([nodes(), *(each.alias("node") for each in failed)])
        counted = (
            pl.DataFrame({"node": ids})
            .join(failures.value_counts(name="failed"), on="node", how="left")
            .with_columns(pl.col("failed").fill_null(0))
        )
        return at.among(counted.filter(self._is_rejected(pl.col("failed")))["node"])

    @abstractmethod
    def _is_rejected(self, failed: pl.Expr) -> pl.Expr:
        """Return whether a node is rejected if it fails this many of the shapes."""

    def plan_step(self) -> str:
        return "validate each different value once against each; count failures"

    def nested(self) -> tuple[Shape, ...]:
        return self.shapes

    @property
    def _listed(self) -> str:
        return ", ".join(str(shape.node) for shape in self.shapes)


@dataclass(frozen=True, eq=False)
class And(_Combination):
    """``sh:and``."""

    def _is_rejected(self, failed: pl.Expr) -> pl.Expr:
        return failed > 0

    def default_message(self) -> str:
        return f"The value does not conform to all of {self._listed}"


@dataclass(frozen=True, eq=False)
class Or(_Combination):
    """``sh:or``."""

    def _is_rejected(self, failed: pl.Expr) -> pl.Expr:
        return failed == len(self.shapes)

    def default_message(self) -> str:
        return f"The value conforms to none of {self._listed}"


@dataclass(frozen=True, eq=False)
class Xone(_Combination):
    """``sh:xone``."""

    def _is_rejected(self, failed: pl.Expr) -> pl.Expr:
        return failed != len(self.shapes) - 1

    def default_message(self) -> str:
        return f"The value does not conform to exactly one of {self._listed}"

    def negated(self) -> tuple[Shape, ...]:
        return self.shapes


PARAMETERS = (
    core("not", Not.read, repeatable=True, refers_to=RefersTo.SHAPE),
    core("and", And.read, repeatable=True, refers_to=RefersTo.SHAPES),
    core("or", Or.read, repeatable=True, refers_to=RefersTo.SHAPES),
    core("xone", Xone.read, repeatable=True, refers_to=RefersTo.SHAPES),
)
