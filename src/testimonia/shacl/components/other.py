"""Which properties and values there may be: ``sh:closed``, ``sh:hasValue``, ``sh:in``.

Source: SHACL, section 4.8 (other constraint components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.components.component import CoreConstraint, Stated, ValueNodes, core, name
from testimonia.shacl.data.dictionary import Term, text_of
from testimonia.shacl.names import sh
from testimonia.shacl.shapes_graph import IllFormed

__all__ = ["PARAMETERS", "Closed", "HasValue", "In"]


@dataclass(frozen=True, eq=False)
class Closed(CoreConstraint):
    """``sh:closed true``."""

    allowed: tuple[NamedNode, ...]

    @classmethod
    def read(cls, at: Stated) -> Iterator[Closed]:
        if not at.true():
            return
        graph = at.graph
        ignored = graph.single(at.node, sh("ignoredProperties"))
        members = () if ignored is None else graph.members(ignored, at.node)
        described = [
            path
            for property_shape in graph.objects(at.node, sh("property"))
            for path in graph.objects(property_shape, sh("path"))
        ]
        if other := [each for each in members if not isinstance(each, NamedNode)]:
            raise IllFormed(at.node, f"sh:ignoredProperties must list IRIs, not {other[0]}")
        allowed = [each for each in [*members, *described] if isinstance(each, NamedNode)]
        yield cls(at.component, tuple(dict.fromkeys(allowed)))

    def check(self, at: ValueNodes) -> pl.DataFrame:
        allowed = at.graph.terms.ids(self.allowed)
        stray = at.graph.triples(at.different()).filter(
            ~pl.col("predicate").is_in(allowed.implode())
        )
        stray = stray.rename({"focus": "node", "value": "object"})
        return at.pairs.join(stray, left_on="value", right_on="node").select(
            "focus", value="object", path="predicate"
        )

    def say(self) -> str:
        return "The property is not one that the shape allows"

    def step(self) -> str:
        return f"join values with all triples; anti-join {len(self.allowed)} predicates"

    def needs(self) -> None:
        return None


@dataclass(frozen=True, eq=False)
class HasValue(CoreConstraint):
    """``sh:hasValue``."""

    value: Term

    @classmethod
    def read(cls, at: Stated) -> Iterator[HasValue]:
        yield cls(at.component, at.value)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.without(at.pairs.filter(pl.col("value") == at.graph.terms.id(self.value)))

    def say(self) -> str:
        return f"The value {text_of(self.value)} is missing"

    def step(self) -> str:
        return f"anti-join focus nodes with those that have {name(self.value)}"


@dataclass(frozen=True, eq=False)
class In(CoreConstraint):
    """``sh:in``."""

    members: tuple[Term, ...]

    @classmethod
    def read(cls, at: Stated) -> Iterator[In]:
        yield cls(at.component, at.members())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.not_among(at.graph.terms.ids(self.members))

    def say(self) -> str:
        return f"The value is not one of {', '.join(map(text_of, self.members))}"

    def step(self) -> str:
        return f"anti-join values with {len(self.members)} members"


PARAMETERS = (
    core("closed", Closed.read),
    core("hasValue", HasValue.read, repeatable=True),
    core("in", In.read),
)
