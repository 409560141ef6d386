"""How values relate to those of another property: ``sh:equals``, ``sh:lessThan`` and their kin.

Source: SHACL, section 4.5 (property pair constraint components).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.components.component import CoreConstraint, Stated, ValueNodes, core, name
from testimonia.shacl.values.ordering import holds

__all__ = ["PARAMETERS", "Disjoint", "Equals", "LessThan", "LessThanOrEquals"]


@dataclass(frozen=True, eq=False)
class _Pair(CoreConstraint):
    predicate: NamedNode

    @classmethod
    def read(cls, at: Stated) -> Iterator[Self]:
        yield cls(at.component, at.iri())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        others = at.graph.pairs(self.predicate).join(
            pl.DataFrame({"focus": at.focus}), on="focus", how="semi"
        )
        return self._compared(at, others)

    @abstractmethod
    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        """Return the results, given the pairs of the focus nodes and the values of the other."""

    def step(self) -> str:
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

    def say(self) -> str:
        return f"The values are not those of {self.predicate}"


@dataclass(frozen=True, eq=False)
class Disjoint(_Pair):
    """``sh:disjoint``."""

    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        return at.pairs.join(others, on=["focus", "value"], how="semi")

    def say(self) -> str:
        return f"The value is also one of {self.predicate}"


@dataclass(frozen=True, eq=False)
class LessThan(_Pair):
    """``sh:lessThan``."""

    sign: ClassVar[str] = "<"

    def _compared(self, at: ValueNodes, others: pl.DataFrame) -> pl.DataFrame:
        pairs = at.pairs.join(others.rename({"value": "other"}), on="focus")
        terms = at.graph.terms
        fits = holds(terms.decode(pairs["value"]), terms.decode(pairs["other"]), self.sign)
        return pairs.filter(~fits).select("focus", "value")

    def say(self) -> str:
        return f"The value is not less than that of {self.predicate}"


@dataclass(frozen=True, eq=False)
class LessThanOrEquals(LessThan):
    """``sh:lessThanOrEquals``."""

    sign: ClassVar[str] = "<="

    def say(self) -> str:
        return f"The value is more than that of {self.predicate}"


PARAMETERS = (
    core("equals", Equals.read, repeatable=True),
    core("disjoint", Disjoint.read, repeatable=True),
    core("lessThan", LessThan.read, repeatable=True, in_node_shapes=False),
    core("lessThanOrEquals", LessThanOrEquals.read, repeatable=True, in_node_shapes=False),
)
