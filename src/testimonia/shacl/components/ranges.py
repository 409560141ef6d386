"""Between which bounds a value lies: ``sh:minExclusive``, ``sh:maxInclusive`` and their kin.

Source: SHACL, section 4.3 (value range constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import Literal

from testimonia.shacl.components.component import CoreConstraint, Stated, ValueNodes, core, once
from testimonia.shacl.shapes_graph import IllFormed
from testimonia.shacl.values.ordering import holds

__all__ = ["PARAMETERS", "Bound"]


@dataclass(frozen=True, eq=False)
class Bound(CoreConstraint):
    """``sh:minInclusive`` and its three kin: a value must satisfy ``limit sign value``."""

    limit: Literal
    sign: str
    lower: bool

    @classmethod
    def read(cls, at: Stated) -> Iterator[Bound]:
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

    def say(self) -> str:
        side = "more" if self.lower else "less"
        if self.sign == "<=":
            return f"The value is not {self.limit} or {side}"
        return f"The value is not {side} than {self.limit}"

    def step(self) -> str:
        side = "more than" if self.lower else "less than"
        return once(f"{side}{' or equal to' if self.sign == '<=' else ''} {self.limit}")


PARAMETERS = tuple(
    core(local, Bound.read)
    for local in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")
)
