"""The error for data that violate the shapes."""

from __future__ import annotations

from testimonia.errors import TestimoniaError
from testimonia.validation import Report, Severity

__all__ = ["ViolationsFound"]


class ViolationsFound(TestimoniaError):
    """The data violate the shapes, and nothing was published.

    Parameters
    ----------
    report
        The validation report.
    """

    def __init__(self, report: Report) -> None:
        number = report.count(Severity.VIOLATION)
        super().__init__(
            f"the data violate the shapes ({number:,} violation{'s' * (number != 1)}), and nothing was "
            "published",
            hint="Correct the data. Or publish them as they are, with --allow-violations "
            "(allow_violations=True): the manifest then gives the number of violations.",
        )
        self.report = report
