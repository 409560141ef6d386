"""Which values there must or may be: ``sh:hasValue``, ``sh:in``.

Source: SHACL, sections 4.8.2 and 4.8.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from testimonia.shacl.components.component import (
    CoreConstraint,
    ParameterValue,
    ValueNodes,
    core,
    name,
)
from testimonia.shacl.data.dictionary import Term, text_of

__all__ = ["PARAMETERS", "HasValue", "In"]


@dataclass(frozen=True, eq=False)
class HasValue(CoreConstraint):
    """``sh:hasValue``."""

    value: Term

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[HasValue]:
        yield cls(at.component, at.value)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.without(at.pairs.filter(pl.col("value") == at.graph.terms.id(self.value)))

    def default_message(self) -> str:
        return f"The value {text_of(self.value)} is missing"

    def plan_step(self) -> str:
        return f"anti-join focus nodes with those that have {name(self.value)}"


@dataclass(frozen=True, eq=False)
class In(CoreConstraint):
    """``sh:in``."""

    members: tuple[Term, ...]

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[In]:
        yield cls(at.component, at.members())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.not_among(at.graph.terms.ids(self.members))

    def default_message(self) -> str:
        return f"The value is not one of {', '.join(map(text_of, self.members))}"

    def plan_step(self) -> str:
        return f"anti-join values with {len(self.members)} members"


PARAMETERS = (
    core("hasValue", HasValue.read, repeatable=True),
    core("in", In.read),
)
