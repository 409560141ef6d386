"""Faults of a shapes graph: parts that cannot be used or checked, and the errors for them.

Source: SHACL, section 3.3 (handling of ill-formed shapes graphs) and section 3.4.3 (recursion).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import NamedNode

from testimonia.errors import Place, ShapesError
from testimonia.namespaces import shorten
from testimonia.shacl.data.dictionary import Term

__all__ = ["Coverage", "Fault", "Kind", "NotEvaluated", "Unusable"]

_NODE = re.compile(r"<([^<>\s]*)>|_:[0-9a-f]{32}\b")


class Kind(StrEnum):
    """Why a part of a shapes graph is not checked. The values appear in reports."""

    ILL_FORMED = "ill-formed"
    UNSUPPORTED = "unsupported"
    NOT_EVALUATED = "not evaluated"
    SKIPPED = "passed over"
    """It is not a constraint: a rule, for example, which validation does not run."""


@dataclass(frozen=True)
class Fault:
    """A part of the shapes graph that is not checked, and why.

    Attributes
    ----------
    node
        The faulty node: a shape, or a node that describes one of its constraints.
    reason
        Why it is not checked, as a sentence.
    component
        The constraint component or SHACL property concerned; None for a whole shape.
    shape
        The nearest shape with an IRI that the node belongs to: itself, if it has an IRI.
    kind
        Why it is not checked, as a category.
    place
        Where the shape is defined, if known.
    """

    node: Term
    reason: str
    component: NamedNode | None = None
    shape: NamedNode | None = None
    kind: Kind = Kind.ILL_FORMED
    place: Place | None = None

    @property
    def short_reason(self) -> str:
        """The reason, with IRIs shortened."""
        return _with_short_iris(self.reason)

    @property
    def name(self) -> str:
        """The shape, or the faulty node if it belongs to no shape with an IRI."""
        return _with_short_iris(str(self.shape or self.node))

    def __str__(self) -> str:
        return _with_short_iris(f"{self.shape or self.node}: {self.reason}")


def _with_short_iris(text: str) -> str:
    return _NODE.sub(lambda node: shorten(node[1]) if node[1] else "a node without an IRI", text)


@dataclass(frozen=True)
class Coverage:
    """Which parts of the shapes were not checked.

    Attributes
    ----------
    unchecked
        The parts of the shapes that were left out, each with the reason.
    without_target
        The shapes, by IRI or blank node label, that have no target and that no other shape refers
        to.
    cautions
        Reasons why findings may differ from what the shapes require.
    targeted
        The number of shapes that have a target.
    """

    unchecked: tuple[Fault, ...] = ()
    without_target: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    targeted: int = 1

    @property
    def complete(self) -> bool:
        """Whether every constraint was checked."""
        if not self.targeted and self.without_target:
            return False
        return all(fault.kind is Kind.SKIPPED for fault in self.unchecked)


class NotEvaluated(Exception):
    """A constraint could not be evaluated on these data; it is left out, and the report says so.

    Parameters
    ----------
    reason
        Why; the caller adds the shape and the component.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unusable(ShapesError):
    """A part of the shapes graph cannot be used.

    Attributes
    ----------
    faults
        All faults found.
    """

    def __init__(self, faults: list[Fault]) -> None:
        first = "; ".join(str(fault) for fault in faults[:5])
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        super().__init__(
            f"the shapes graph cannot be used: {first}{more}",
            hint="Correct these shapes, or leave these parts out. Nothing was validated.",
        )
        self.faults = faults
