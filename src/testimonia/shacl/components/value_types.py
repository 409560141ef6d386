"""The type of a value: ``sh:class``, ``sh:datatype``, ``sh:nodeKind``.

Source: SHACL, section 4.1 (value type constraint components).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl
from pyoxigraph import BlankNode, NamedNode

from testimonia.shacl.components.component import (
    CoreConstraint,
    ParameterValue,
    ValueNodes,
    core,
    name,
    tested_once,
)
from testimonia.shacl.names import SUBCLASS, TYPE, sh
from testimonia.shacl.shapes_graph import IllFormed
from testimonia.shacl.values.literals import has_datatype, is_blank, is_iri, is_literal

__all__ = ["PARAMETERS", "ClassOf", "DatatypeOf", "NodeKind"]

_KINDS: dict[NamedNode, tuple[Callable[[pl.Expr], pl.Expr], ...]] = {
    sh("IRI"): (is_iri,),
    sh("BlankNode"): (is_blank,),
    sh("Literal"): (is_literal,),
    sh("BlankNodeOrIRI"): (is_blank, is_iri),
    sh("BlankNodeOrLiteral"): (is_blank, is_literal),
    sh("IRIOrLiteral"): (is_iri, is_literal),
}


@dataclass(frozen=True, eq=False)
class ClassOf(CoreConstraint):
    """``sh:class``."""

    cls: NamedNode | BlankNode

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[ClassOf]:
        if not isinstance(at.value, NamedNode | BlankNode):
            raise IllFormed(at.node, f"sh:class must be a class, not {at.value}")
        yield cls(at.component, at.value)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.not_among(at.graph.instances(at.graph.terms.id(self.cls)))

    def default_message(self) -> str:
        return f"The value is not an instance of {self.cls}"

    def plan_step(self) -> str:
        return f"anti-join values with the instances of {name(self.cls)}"

    def needs(self) -> frozenset[NamedNode]:
        return frozenset([TYPE, SUBCLASS])


@dataclass(frozen=True, eq=False)
class DatatypeOf(CoreConstraint):
    """``sh:datatype``."""

    datatype: NamedNode

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[DatatypeOf]:
        yield cls(at.component, at.iri())

    def check(self, at: ValueNodes) -> pl.DataFrame:
        return at.unless(lambda text: has_datatype(text, self.datatype))

    def default_message(self) -> str:
        return f"The value is not a well-formed literal of datatype {self.datatype}"

    def plan_step(self) -> str:
        return tested_once(f"well-formed literal of {name(self.datatype)}")


@dataclass(frozen=True, eq=False)
class NodeKind(CoreConstraint):
    """``sh:nodeKind``."""

    kind: NamedNode

    @classmethod
    def read(cls, at: ParameterValue) -> Iterator[NodeKind]:
        kind = at.iri()
        if kind not in _KINDS:
            raise IllFormed(at.node, f"{kind} is not a value of sh:nodeKind")
        yield cls(at.component, kind)

    def check(self, at: ValueNodes) -> pl.DataFrame:
        kinds = _KINDS[self.kind]
        return at.unless(lambda text: pl.any_horizontal(kind(text) for kind in kinds))

    def default_message(self) -> str:
        return f"The node kind of the value is not {self.kind}"

    def plan_step(self) -> str:
        return tested_once(name(self.kind))


PARAMETERS = (
    core("class", ClassOf.read, repeatable=True),
    core("datatype", DatatypeOf.read),
    core("nodeKind", NodeKind.read),
)
