"""The common base of all components: what they are parsed from, and what they are checked at."""

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
    "Parameter",
    "ParameterValue",
    "RefersTo",
    "ValueNodes",
    "component_of",
    "core",
    "except_for",
    "name",
    "tested_once",
]

NO_VALUE: Final = pl.lit(None, dtype=pl.UInt32).alias("value")
"""The column ``value`` of results without a value."""


class RefersTo(StrEnum):
    """How the values of a parameter refer to shapes."""

    SHAPE = "a shape"
    SHAPES = "a list of shapes"


@dataclass(frozen=True)
class ParameterValue:
    """A parameter of a shape, with one of its values.

    Attributes
    ----------
    graph
        The shapes graph.
    shape
        The shape, without its constraints yet.
    parameter, value
        The parameter and the value.
    refer
        Returns the shape that a node stands for; its constraints are parsed later.
    """

    graph: ShapesGraph
    shape: Shape
    parameter: NamedNode
    value: Term
    refer: Callable[[Term], Shape]

    @property
    def node(self) -> Term:
        """The node that stands for the shape."""
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
        """Return whether the value, which must be a boolean, is ``true``."""
        return self.graph.boolean(self.node, self.parameter)

    def members(self) -> tuple[Term, ...]:
        """Return the members of the value, which must be a list."""
        return self.graph.members(self.value, self.node)

    def integer(self, parameter: NamedNode | None = None) -> int:
        """Return the value, or the only value of another parameter of the shape, as an integer."""
        parameter = parameter or self.parameter
        value = self.graph.single(self.node, parameter)
        if isinstance(value, Literal) and value.datatype.value == XSD + "integer":
            digits = value.value.removeprefix("+")
            if digits.removeprefix("-").isdecimal():
                return int(digits)
        raise IllFormed(self.node, f"{parameter} must be an integer, not {value}")


@dataclass(frozen=True)
class Parameter:
    """A parameter that declares constraints in a shape that has it.

    Attributes
    ----------
    node
        Its IRI.
    component
        The constraint component that it belongs to.
    read
        Returns the constraints that a value declares.
    repeatable
        Whether it may have several values, each of which declares a constraint.
    in_node_shapes
        Whether a node shape may have it.
    refers_to
        How its values refer to shapes, if they do.
    """

    node: NamedNode
    component: NamedNode
    read: Callable[[ParameterValue], Iterable[Constraint]]
    repeatable: bool = False
    in_node_shapes: bool = True
    refers_to: RefersTo | None = None


def core(
    local: str,
    read: Callable[[ParameterValue], Iterable[Constraint]],
    *,
    repeatable: bool = False,
    in_node_shapes: bool = True,
    refers_to: RefersTo | None = None,
) -> Parameter:
    """Return the parameter of SHACL Core with a local name; see `Parameter` for the rest."""
    node = sh(local)
    return Parameter(node, component_of(node), read, repeatable, in_node_shapes, refers_to)


def component_of(parameter: NamedNode) -> NamedNode:
    """Return the component of SHACL Core that is named after a parameter."""
    local = parameter.value.rpartition("#")[2]
    return sh(f"{local[0].upper()}{local[1:]}ConstraintComponent")


@dataclass(frozen=True)
class ValueNodes:
    """The focus nodes of a shape, and the pairs of focus node and value node, in a data graph.

    Attributes
    ----------
    failing
        Takes a constraint, a shape it refers to, and nodes without duplicates; returns those that do
        not conform to the shape.
    seconds
        Time limit for a regular expression that is not matched in linear time; None for no limit.
    """

    graph: Graph
    focus: pl.Series
    pairs: pl.DataFrame
    failing: Callable[[Constraint, Shape, pl.Series], pl.Series]
    seconds: float | None = None

    def different(self) -> pl.Series:
        """Return the value nodes without duplicates."""
        return distinct(self.pairs["value"])

    def among(self, ids: pl.Series) -> pl.DataFrame:
        """Return the pairs whose value is among the given nodes."""
        return self.pairs.join(pl.DataFrame({"value": ids}), on="value", how="semi")

    def not_among(self, ids: pl.Series) -> pl.DataFrame:
        """Return the pairs whose value is not among the given nodes."""
        return self.pairs.join(pl.DataFrame({"value": ids}), on="value", how="anti")

    def unless(self, fits: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
        """Return the pairs whose value, as text, does not satisfy a condition; each text is tested once."""
        unfit = self.graph.where(self.different(), lambda text: ~fits(text).fill_null(False))
        return self.among(unfit)

    def without(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return the focus nodes that do not occur in some pairs, as results without a value."""
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
        """Return the results of the constraint.

        Parameters
        ----------
        at
            The nodes to check.

        Returns
        -------
        polars.DataFrame
            Columns ``focus`` and ``value`` (null if the result has none); for ``sh:closed`` also
            ``path``.
        """


def except_for(ids: pl.Series, others: pl.Series) -> pl.Series:
    """Return the nodes of one column that are not in another, as a column ``node``."""
    return pl.DataFrame({"node": ids}).join(pl.DataFrame({"node": others}), on="node", how="anti")[
        "node"
    ]


def tested_once(what: str) -> str:
    """Return the plan step of a constraint that tests the text of each value."""
    return f"test each different value once: {what}"


def name(term: Term) -> str:
    """Return the name of a term in the plan."""
    return shorten(term.value) if isinstance(term, NamedNode) else text_of(term)
