"""Findings of a validation, and the report that lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode

from testimonia.errors import Place
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Coverage
from testimonia.shacl.names import SH
from testimonia.shacl.paths import Path

if TYPE_CHECKING:
    from testimonia.validation.known_differences import Difference

__all__ = ["Finding", "Found", "LeftOut", "Report", "Severity", "Term", "in_order", "keep"]


class Severity(StrEnum):
    """How grave a finding is (SHACL, section 2.1.4)."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"

    @classmethod
    def of(cls, iri: str) -> Severity:
        """Return the severity with an IRI.

        Shapes may define severities of their own; these count as violations, so that nothing is
        hidden.
        """
        name = iri.removeprefix(SH)
        return cls(name) if name in list(cls) else cls.VIOLATION


@dataclass(frozen=True)
class Finding:
    """A violation of a shape, or of a check beyond shapes.

    Attributes
    ----------
    severity
        How grave it is.
    focus
        The focus node.
    shape
        IRI of the shape; for a property shape without an IRI, that of the shape it belongs to.
    component
        IRI of the constraint component (SHACL, section 4).
    message
        What is wrong, as a sentence.
    path
        The property path to the value, if any.
    value
        The faulty value, if any.
    hint
        How to fix it, if the shape says so.
    label
        The label of the focus node, if it has one.
    place
        File and line where the focus node is first described, if known.
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
"""The number of findings that a limit left out, by IRI of their shape and severity."""


@dataclass(frozen=True)
class Found:
    """The findings of an engine, without labels and places, in no particular order.

    Attributes
    ----------
    findings
        The findings.
    left_out
        The number of findings that a limit left out.
    differences
        The findings that only one of two engines has.
    coverage
        Which parts of the shapes were not checked.
    """

    findings: list[Finding]
    left_out: LeftOut = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)


@dataclass(frozen=True)
class Report:
    """The report of a check: its findings, and what could not be checked.

    Attributes
    ----------
    findings
        The findings, the gravest first, in a stable order.
    dead_shapes
        IRIs of the shapes whose targets select no node of the data.
    claims
        The number of claims in the data.
    statements
        The number of statements in the data.
    left_out
        The number of findings that a limit left out, by IRI of their shape and severity.
    differences
        The findings that only one of two engines has, if two were run.
    coverage
        Which parts of the shapes were not checked.
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
        """Whether there are no findings (``sh:conforms``) in what was checked."""
        return not self.findings and not self.left_out

    @property
    def passes(self) -> bool:
        """Whether everything was checked and there are no violations; there may be warnings."""
        return self.count(Severity.VIOLATION) == 0 and self.coverage.complete

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity, including those that a limit left out."""
        kept = sum(finding.severity is severity for finding in self.findings)
        return kept + sum(n for (_, grave), n in self.left_out.items() if grave is severity)

    def totals(self) -> dict[str, int]:
        """Count the findings of each shape, including those that a limit left out."""
        totals = Counter(finding.shape for finding in self.findings)
        for (shape, _), number in self.left_out.items():
            totals[shape] += number
        return dict(totals)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by severity, then by place, then by focus node."""
    return tuple(sorted(findings, key=_rank))


def keep(findings: Iterable[Finding], limit: int) -> Found:
    """Keep the first findings of each shape, in order, so that the choice does not vary.

    Parameters
    ----------
    findings
        All findings.
    limit
        The number to keep per shape.
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
    # Blank node labels vary between runs.
    return "" if term is None or isinstance(term, BlankNode) else str(term)
