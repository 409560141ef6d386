"""What a validation found, in terms a person can act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.errors import Place
from testimonia.shacl.faults import Coverage
from testimonia.shacl.paths import Path

if TYPE_CHECKING:
    from testimonia.validation.rulings import Difference

__all__ = ["Finding", "Found", "LeftOut", "Report", "Severity", "Term", "in_order", "keep"]

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


LeftOut: TypeAlias = Mapping[tuple[str, Severity], int]
"""How many findings a limit left out, by the IRI of their shape and by severity."""


@dataclass(frozen=True)
class Found:
    """What an engine found: findings without label and place, in no particular order.

    Attributes
    ----------
    findings
        What was found.
    left_out
        How many findings a limit left out.
    differences
        What another engine found otherwise.
    coverage
        What of the shapes was not checked.
    """

    findings: list[Finding]
    left_out: LeftOut = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)


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
    left_out
        How many findings a limit left out, by the IRI of their shape and by severity.
    differences
        What only one of two engines found, where two were asked.
    coverage
        What of the shapes was not checked.
    """

    findings: tuple[Finding, ...]
    dead_shapes: tuple[str, ...] = ()
    claims: int = 0
    statements: int = 0
    left_out: LeftOut = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def conforms(self) -> bool:
        """Whether nothing at all was found (``sh:conforms``) in what was checked."""
        return not self.findings and not self.left_out

    @property
    def passes(self) -> bool:
        """Whether all was checked and no violation was found; there may be warnings."""
        return self.count(Severity.VIOLATION) == 0 and self.coverage.complete

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity, those that a limit left out included."""
        kept = sum(finding.severity is severity for finding in self.findings)
        return kept + sum(n for (_, grave), n in self.left_out.items() if grave is severity)

    def totals(self) -> dict[str, int]:
        """Count the findings of each shape, those that a limit left out included."""
        totals = Counter(finding.shape for finding in self.findings)
        for (shape, _), number in self.left_out.items():
            totals[shape] += number
        return dict(totals)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: by severity, then place, then what they are about."""
    return tuple(sorted(findings, key=_rank))


def keep(findings: Iterable[Finding], limit: int) -> Found:
    """Keep at most so many findings of each shape: the first in order, so always the same.

    Parameters
    ----------
    findings
        All findings.
    limit
        How many of each shape to keep.
    """
    kept: list[Finding] = []
    seen: Counter[str] = Counter()
    left_out: Counter[tuple[str, Severity]] = Counter()
    for finding in in_order(findings):
        seen[finding.shape] += 1
        if seen[finding.shape] <= limit:
            kept.append(finding)
        else:
            left_out[finding.shape, finding.severity] += 1
    return Found(kept, left_out)


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
