"""Which properties a node may have: ``sh:closed`` with ``sh:ignoredProperties``.

Source: SHACL, section 4.8.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.components.component import CoreConstraint, ParameterValue, ValueNodes, core
from testimonia.shacl.names import sh
from testimonia.shacl.shapes_graph import IllFormed

__all__ = ["PARAMETERS", "Closed"]


@dataclass(frozen=True, eq=False)
class Closed(CoreConstraint):
    """``sh:closed true``."""

    allowed: tuple[NamedNode, ...]

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[Closed]:
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
        unexpected = at.graph.triples(at.different()).filter(
            ~pl.col("predicate").is_in(allowed.implode())
        )
        unexpected = unexpected.rename({"focus": "node", "value": "object"})
        return at.pairs.join(unexpected, left_on="value", right_on="node").select(
            "focus", value="object", path="predicate"
        )

    def default_message(self) -> str:
        return "The property is not one that the shape allows"

    def plan_step(self) -> str:
        return f"join values with all triples; anti-join {len(self.allowed)} predicates"

    def needs(self) -> None:
        return None


PARAMETERS = (core("closed", Closed.read),)
