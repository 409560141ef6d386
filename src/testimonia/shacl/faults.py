"""What makes a shapes graph unusable.

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
    """Why a part of a shapes graph is not used."""

    ILL_FORMED = "ill-formed"
    UNSUPPORTED = "unsupported"
    NOT_EVALUATED = "not evaluated"
    PASSED_OVER = "passed over"
    """Nothing that data could break: a rule, say, which validation does not run."""


@dataclass(frozen=True)
class Fault:
    """A part of the shapes graph that cannot be used, and why.

    Attributes
    ----------
    node
        The node at fault: a shape, or what describes one of its constraints.
    reason
        Why it cannot be used.
    component
        The constraint component, or the property of SHACL, that it is about; None for a whole shape.
    shape
        The shape with an IRI that the node belongs to, where it has none itself.
    kind
        Why it is not used, in one word.
    place
        Where the shape is described, if that is known.
    """

    node: Term
    reason: str
    component: NamedNode | None = None
    shape: NamedNode | None = None
    kind: Kind = Kind.ILL_FORMED
    place: Place | None = None

    @property
    def said(self) -> str:
        """The reason, with IRIs shortened."""
        return _named(self.reason)

    @property
    def name(self) -> str:
        """The shape, or the node at fault if it belongs to no shape with an IRI."""
        return _named(str(self.shape or self.node))

    def __str__(self) -> str:
        return _named(f"{self.shape or self.node}: {self.reason}")


def _named(text: str) -> str:
    return _NODE.sub(lambda node: shorten(node[1]) if node[1] else "a node without an IRI", text)


@dataclass(frozen=True)
class Coverage:
    """What of the shapes was not checked.

    Attributes
    ----------
    unchecked
        The parts of the shapes that were left out, each with the reason.
    without_target
        The shapes, by IRI, that neither a target nor another shape leads to; of one without an IRI
        the name of its blank node.
    cautions
        What may make a finding other than the shapes ask.
    targeted
        The number of shapes that have a target.
    """

    unchecked: tuple[Fault, ...] = ()
    without_target: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    targeted: int = 1

    @property
    def complete(self) -> bool:
        """Whether all that the shapes ask was checked."""
        if not self.targeted and self.without_target:
            return False
        return all(fault.kind is Kind.PASSED_OVER for fault in self.unchecked)


class NotEvaluated(Exception):
    """A constraint could not be evaluated over these data: it is left out, and the report says so.

    Parameters
    ----------
    reason
        Why; the shape and the component are added by the caller.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unusable(ShapesError):
    """A shapes graph of which a part cannot be used.

    Attributes
    ----------
    faults
        Every fault found.
    """

    def __init__(self, faults: list[Fault]) -> None:
        first = "; ".join(str(fault) for fault in faults[:5])
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        super().__init__(
            f"the shapes graph cannot be used: {first}{more}",
            hint="Correct these shapes, or leave such parts out: nothing was validated.",
        )
        self.faults = faults
