"""What the components of all families are made of: where they are read, and where they are checked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl
from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import shorten
from testimonia.shacl.data.dictionary import Term, text_of
from testimonia.shacl.data.graph import Graph, distinct
from testimonia.shacl.model import Constraint, Shape
from testimonia.shacl.names import XSD, sh
from testimonia.shacl.shapes_graph import IllFormed, ShapesGraph

__all__ = [
    "NO_VALUE",
    "CoreConstraint",
    "LeadsTo",
    "Parameter",
    "Stated",
    "ValueNodes",
    "component_of",
    "core",
    "except_for",
    "name",
    "once",
]

NO_VALUE: Final = pl.lit(None, dtype=pl.UInt32).alias("value")
"""The column ``value`` of results that have none."""


class LeadsTo(StrEnum):
    """What the values of a parameter are, if they lead to shapes."""

    SHAPE = "a shape"
    SHAPES = "a list of shapes"


@dataclass(frozen=True)
class Stated:
    """A parameter with one of its values, as a shape states it.

    Attributes
    ----------
    graph
        The shapes graph.
    shape
        The shape, read but for its constraints.
    parameter, value
        What is stated.
    refer
        Gives the shape that a node stands for; its constraints are read later.
    """

    graph: ShapesGraph
    shape: Shape
    parameter: NamedNode
    value: Term
    refer: Callable[[Term], Shape]

    @property
    def node(self) -> Term:
        """The node of the shape."""
        return self.shape.node

    @property
    def component(self) -> NamedNode:
        """The constraint component that the parameter belongs to."""
        return component_of(self.parameter)

    def iri(self) -> NamedNode:
        """Return the value, which must be an IRI."""
        if not isinstance(self.value, NamedNode):
            raise IllFormed(self.node, f"{self.parameter} must be an IRI, not {self.value}")
        return self.value

    def true(self) -> bool:
        """Tell whether the value is ``true``; it must be a boolean."""
        return self.graph.boolean(self.node, self.parameter)

    def members(self) -> tuple[Term, ...]:
        """Return the members of the list that the value must be."""
        return self.graph.members(self.value, self.node)

    def integer(self, parameter: NamedNode | None = None) -> int:
        """Return the value, or the one value of a parameter that goes with it, as a whole number."""
        parameter = parameter or self.parameter
        value = self.graph.single(self.node, parameter)
        if isinstance(value, Literal) and value.datatype.value == XSD + "integer":
            digits = value.value.removeprefix("+")
            if digits.removeprefix("-").isdecimal():
                return int(digits)
        raise IllFormed(self.node, f"{parameter} must be an integer, not {value}")


@dataclass(frozen=True)
class Parameter:
    """A parameter whose presence in a shape states constraints.

    Attributes
    ----------
    node
        Its IRI.
    component
        The constraint component that it belongs to.
    read
        Gives the constraints that it states.
    repeatable
        Whether each of its values is a constraint of its own; otherwise it may have one.
    in_node_shapes
        Whether a node shape may have it.
    leads_to
        What its values are, if they lead to shapes.
    """

    node: NamedNode
    component: NamedNode
    read: Callable[[Stated], Iterable[Constraint]]
    repeatable: bool = False
    in_node_shapes: bool = True
    leads_to: LeadsTo | None = None


def core(
    local: str,
    read: Callable[[Stated], Iterable[Constraint]],
    *,
    repeatable: bool = False,
    in_node_shapes: bool = True,
    leads_to: LeadsTo | None = None,
) -> Parameter:
    """Return a parameter of SHACL Core, of that local name; the rest is as in `Parameter`."""
    node = sh(local)
    return Parameter(node, component_of(node), read, repeatable, in_node_shapes, leads_to)


def component_of(parameter: NamedNode) -> NamedNode:
    """Return the component of SHACL Core that is named for a parameter."""
    local = parameter.value.rpartition("#")[2]
    return sh(f"{local[0].upper()}{local[1:]}ConstraintComponent")


@dataclass(frozen=True)
class ValueNodes:
    """The focus nodes of a shape, each once, and their value nodes as pairs, in a data graph.

    Attributes
    ----------
    failing
        Given a constraint, a shape that it refers to, and different nodes, returns those of them
        that do not conform to the shape.
    seconds
        How long a constraint may take whose time has no bound; None for ever.
    """

    graph: Graph
    focus: pl.Series
    pairs: pl.DataFrame
    failing: Callable[[Constraint, Shape, pl.Series], pl.Series]
    seconds: float | None = None

    def different(self) -> pl.Series:
        """Return the value nodes, each once."""
        return distinct(self.pairs["value"])

    def among(self, ids: pl.Series) -> pl.DataFrame:
        """Return the pairs whose value is one of the nodes given."""
        return self.pairs.join(pl.DataFrame({"value": ids}), on="value", how="semi")

    def not_among(self, ids: pl.Series) -> pl.DataFrame:
        """Return the pairs whose value is none of the nodes given."""
        return self.pairs.join(pl.DataFrame({"value": ids}), on="value", how="anti")

    def unless(self, fits: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
        """Return the pairs whose value's text does not pass a test, each text tested once."""
        unfit = self.graph.where(self.different(), lambda text: ~fits(text).fill_null(False))
        return self.among(unfit)

    def without(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return the focus nodes that some pairs do not have, as results without a value."""
        return (
            pl.DataFrame({"focus": self.focus})
            .join(pairs, on="focus", how="anti")
            .with_columns(NO_VALUE)
        )


@dataclass(frozen=True, eq=False)
class CoreConstraint(Constraint):
    """A constraint of SHACL Core that has results of its own."""

    @abstractmethod
    def check(self, at: ValueNodes) -> pl.DataFrame:
        """Return its results.

        Parameters
        ----------
        at
            What to check it at.

        Returns
        -------
        polars.DataFrame
            Columns ``focus`` and ``value`` (null where the result has none); of ``sh:closed`` also
            ``path``.
        """


def except_for(ids: pl.Series, others: pl.Series) -> pl.Series:
    """Return the nodes that are not among others, as a column ``node``."""
    return pl.DataFrame({"node": ids}).join(pl.DataFrame({"node": others}), on="node", how="anti")[
        "node"
    ]


def once(what: str) -> str:
    """Return the step of the plan that tests texts."""
    return f"test each different value once: {what}"


def name(term: Term) -> str:
    """Name a term as the plan does."""
    return shorten(term.value) if isinstance(term, NamedNode) else text_of(term)
