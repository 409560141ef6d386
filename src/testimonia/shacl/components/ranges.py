"""Value ranges: ``sh:minExclusive``, ``sh:minInclusive``, ``sh:maxExclusive``, ``sh:maxInclusive``.

Source: SHACL, section 4.3 (value range constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import Literal

from testimonia.shacl.components.component import (
    CoreConstraint,
    ParameterValue,
    ValueNodes,
    core,
    tested_once,
)
from testimonia.shacl.shapes_graph import IllFormed
from testimonia.shacl.values.ordering import holds

__all__ = ["PARAMETERS", "Bound"]


@dataclass(frozen=True, eq=False)
class Bound(CoreConstraint):
    """``sh:minInclusive`` and the other three: an upper or lower limit for the value."""

    limit: Literal
    sign: str
    lower: bool

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Bound]:
        if not isinstance(at.value, Literal):
            raise IllFormed(at.node, f"{at.parameter} must be a literal, not {at.value}")
        local = at.parameter.value.rpartition("#")[2]
        sign = "<=" if local.endswith("Inclusive") else "<"
        yield cls(at.component, at.value, sign, lower=local.startswith("min"))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        different = at.graph.texts(at.different())
        limit = pl.Series([str(self.limit)]).new_from_index(0, different.height)
        left, right = (limit, different["text"]) if self.lower else (different["text"], limit)
        return at.among(different.filter(~holds(left, right, self.sign))["node"])

    def default_message(self) -> str:
        side = "greater than" if self.lower else "less than"
        return f"The value is not {side}{' or equal to' if self.sign == '<=' else ''} {self.limit}"

    def plan_step(self) -> str:
        side = "greater than" if self.lower else "less than"
        return tested_once(f"{side}{' or equal to' if self.sign == '<=' else ''} {self.limit}")


PARAMETERS = tuple(
    core(local, Bound.read)
    for local in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")
)
