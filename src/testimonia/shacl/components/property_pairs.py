"""Property pairs: ``sh:equals``, ``sh:disjoint``, ``sh:lessThan``, ``sh:lessThanOrEquals``.

Source: SHACL, section 4.5 (property pair constraint components).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.components.component import (
    CoreConstraint,
    ParameterValue,
    ValueNodes,
    core,
    name,
)
from testimonia.shacl.values.ordering import holds

__all__ = ["PARAMETERS", "Disjoint", "Equals", "LessThan", "LessThanOrEquals"]


@dataclass(frozen=True, eq=False)
class _Pair(CoreConstraint):
    predicate: NamedNode

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Self]:
        yield cls(at.component, at.iri())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        others = at.graph.pairs(self.predicate).join(
            pl.DataFrame({"focus": at.focus}), on="focus", how="semi"
        )
        return self._compared(at, others)

    @abstractmethod
    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        """Return the results, given the pairs of focus node and value of the other property."""

    def plan_step(self) -> str:
        return f"join values with those of {name(self.predicate)} by focus node, and compare"

    def needs(self) -> frozenset[NamedNode]:
        return frozenset([self.predicate])


@dataclass(frozen=True, eq=False)
class Equals(_Pair):
    """``sh:equals``."""

    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        pair = ["focus", "value"]
        return pl.concat(
            [at.pairs.join(others, on=pair, how="anti"), others.join(at.pairs, on=pair, how="anti")]
        )

    def default_message(self) -> str:
        return f"The values differ from those of {self.predicate}"


@dataclass(frozen=True, eq=False)
class Disjoint(_Pair):
    """``sh:disjoint``."""

    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        return at.pairs.join(others, on=["focus", "value"], how="semi")

    def default_message(self) -> str:
        return f"The value is also a value of {self.predicate}"


@dataclass(frozen=True, eq=False)
class LessThan(_Pair):
    """``sh:lessThan``."""

    sign: ClassVar[str] = "<"

    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        pairs = at.pairs.join(others.rename({"value": "other"}), on="focus")
        terms = at.graph.terms
        fits = holds(terms.decode(pairs["value"]), terms.decode(pairs["other"]), self.sign)
        return pairs.filter(~fits).select("focus", "value")

    def default_message(self) -> str:
        return f"The value is not less than every value of {self.predicate}"


@dataclass(frozen=True, eq=False)
class LessThanOrEquals(LessThan):
    """``sh:lessThanOrEquals``."""

    sign: ClassVar[str] = "<="

    def default_message(self) -> str:
        return f"The value is not less than or equal to every value of {self.predicate}"


PARAMETERS = (
    core("equals", Equals.read, repeatable=True),
    core("disjoint", Disjoint.read, repeatable=True),
    core("lessThan", LessThan.read, repeatable=True, in_node_shapes=False),
    core("lessThanOrEquals", LessThanOrEquals.read, repeatable=True, in_node_shapes=False),
)
