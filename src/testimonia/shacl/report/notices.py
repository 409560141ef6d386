"""Notices in a report besides its findings: what was not checked, and cautions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from testimonia.errors import Place
from testimonia.namespaces import shorten
from testimonia.shacl.faults import Coverage, Kind

__all__ = ["Notice", "notices"]


@dataclass(frozen=True)
class Notice:
    """A remark about a validation as a whole.

    Attributes
    ----------
    heading
        What kind of notice it is.
    subject
        The name of the shape, or the text of a caution.
    reason
        Why; may be empty.
    place
        Where the shape is defined, if known.
    grave
        Whether findings may be missing or wrong.
    """

    heading: str
    subject: str
    reason: str = ""
    place: Place | None = None
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.heading}: {self.subject}" + (f": {self.reason}" if self.reason else "")


def notices(coverage: Coverage, idle: Iterable[str] = ()) -> Iterator[Notice]:
    """Yield the notices of a report, the gravest first.

    Parameters
    ----------
    coverage
        Which parts of the shapes were not checked.
    idle
        The IRIs of the shapes whose targets select no node of the data.
    """
    for fault in sorted(coverage.unchecked, key=lambda each: each.kind is Kind.SKIPPED):
        grave = fault.kind is not Kind.SKIPPED
        heading = "Not checked" if grave else "Skipped"
        yield Notice(heading, fault.name, fault.short_reason, fault.place, grave)
    for caution in coverage.cautions:
        yield Notice("Caution", caution)
    for shape in coverage.without_target:
        yield Notice("Shapes without a target, which check nothing", _name(shape))
    for shape in idle:
        yield Notice("Shapes that found nothing to check", _name(shape), grave=False)


def _name(shape: str) -> str:
    return shorten(shape) if ":" in shape else "a shape without an IRI"
