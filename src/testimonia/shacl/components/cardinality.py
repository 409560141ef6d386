"""The number of values: ``sh:minCount``, ``sh:maxCount``.

Source: SHACL, section 4.2 (cardinality constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from testimonia.shacl.components.component import (
    NO_VALUE,
    CoreConstraint,
    ParameterValue,
    ValueNodes,
    core,
)
from testimonia.shacl.data.graph import PAIRS

__all__ = ["PARAMETERS", "MaxCount", "MinCount"]


@dataclass(frozen=True, eq=False)
class MinCount(CoreConstraint):
    """``sh:minCount``."""

    count: int

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[MinCount]:
        yield cls(at.component, at.integer())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        if self.count <= 0:
            return pl.DataFrame(schema=PAIRS)
        enough = at.pairs if self.count == 1 else _counted(at.pairs, pl.len() >= self.count)
        return at.without(enough)

    def default_message(self) -> str:
        return f"There are fewer than {self.count} values"

    def plan_step(self) -> str:
        return f"count values by focus node; keep fewer than {self.count}"


@dataclass(frozen=True, eq=False)
class MaxCount(CoreConstraint):
    """``sh:maxCount``."""

    count: int

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[MaxCount]:
        yield cls(at.component, at.integer())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return _counted(at.pairs, pl.len() > self.count).with_columns(NO_VALUE)

    def default_message(self) -> str:
        return f"There are more than {self.count} values"

    def plan_step(self) -> str:
        return f"count values by focus node; keep more than {self.count}"


def _counted(pairs: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    return pairs.group_by("focus").agg(condition.alias("meets")).filter("meets").select("focus")


PARAMETERS = (
    core("minCount", MinCount.read, in_node_shapes=False),
    core("maxCount", MaxCount.read, in_node_shapes=False),
)
