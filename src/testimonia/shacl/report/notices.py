"""What a report has to say besides its findings: what was not checked, and what to be wary of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from testimonia.errors import Place
from testimonia.namespaces import shorten
from testimonia.shacl.faults import Coverage, Kind

__all__ = ["Notice", "notices"]


@dataclass(frozen=True)
class Notice:
    """Something about a validation as a whole.

    Attributes
    ----------
    heading
        What kind of thing it is.
    subject
        The name of the shape, or what is to be said of the data.
    reason
        Why; empty where the heading says it all.
    place
        Where the shape is described, if that is known.
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
    """Yield what a report has to say besides its findings, the gravest first.

    Parameters
    ----------
    coverage
        What of the shapes was not checked.
    idle
        The IRIs of the shapes whose targets stand for no node of the data.
    """
    for fault in sorted(coverage.unchecked, key=lambda each: each.kind is Kind.PASSED_OVER):
        grave = fault.kind is not Kind.PASSED_OVER
        heading = "Not checked" if grave else "Passed over"
        yield Notice(heading, fault.name, fault.said, fault.place, grave)
    for caution in coverage.cautions:
        yield Notice("Caution", caution)
    for shape in coverage.without_target:
        yield Notice("Shapes without a target, by which nothing was checked", _name(shape))
    for shape in idle:
        yield Notice("Shapes that found nothing to check", _name(shape), grave=False)


def _name(shape: str) -> str:
    return shorten(shape) if ":" in shape else "a shape without an IRI"
