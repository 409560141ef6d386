"""What a validation found, in terms a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.errors import Place
from testimonia.validation.paths import Path

__all__ = ["Finding", "Report", "Severity", "Term"]

Term = NamedNode | BlankNode | Literal | Triple


class Severity(StrEnum):
    """How grave a finding is (SHACL, section 2.1.4)."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True)
class Finding:
    """One thing that the data do not satisfy.

    Attributes
    ----------
    severity
        How grave it is.
    focus
        The node it was found at.
    shape
        IRI of the shape that asks for it: of a property shape without an IRI, that of the shape it
        belongs to.
    component
        IRI of the constraint component (SHACL, section 4).
    message
        What is wrong, as a sentence.
    path
        The property path on which it was found, if any.
    value
        The term that does not satisfy, if any.
    hint
        How to mend it, if the shape says so.
    label
        The node's label, if it has one.
    place
        File and line on which the node is first described, where known.
    """

    severity: Severity
    focus: Term
    shape: str
    component: str
    message: str
    path: Path | None = None
    value: Term | None = None
    hint: str = ""
    label: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class Report:
    """The findings, gravest first and in a stable order, and the shapes that had nothing to check.

    Attributes
    ----------
    findings
        What was found.
    dead_shapes
        IRIs of shapes that have targets, none of which the data hold.
    claims
        The number of claims in the data.
    statements
        The number of statements in the data.
    """

    findings: tuple[Finding, ...]
    dead_shapes: tuple[str, ...] = ()
    claims: int = 0
    statements: int = 0

    @property
    def conforms(self) -> bool:
        """Whether nothing at all was found (``sh:conforms``)."""
        return not self.findings

    @property
    def passes(self) -> bool:
        """Whether no violation was found; there may be warnings."""
        return self.count(Severity.VIOLATION) == 0

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity."""
        return sum(finding.severity is severity for finding in self.findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: by severity, then place, then what they are about."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[int, str, int, str, str, str, str, str, str]:
    place = finding.place
    return (
        list(Severity).index(finding.severity),
        str(place.path) if place else "",
        (place.line or 0) if place else 0,
        _key(finding.focus),
        str(finding.path or ""),
        finding.shape,
        finding.component,
        _key(finding.value),
        finding.message,
    )


def _key(term: Term | None) -> str:
    # The names of blank nodes change from run to run.
    return "" if term is None or isinstance(term, BlankNode) else str(term)
