"""What keeps data that break the shapes from being published."""

from __future__ import annotations

from testimonia.errors import TestimoniaError
from testimonia.validation import Report, Severity

__all__ = ["ViolationsFound"]


class ViolationsFound(TestimoniaError):
    """The data break the shapes, and nothing was published.

    Parameters
    ----------
    report
        What was found.
    """

    def __init__(self, report: Report) -> None:
        number = report.count(Severity.VIOLATION)
        super().__init__(
            f"the data break the shapes ({number:,} violation{'s' * (number != 1)}), and nothing was "
            "published",
            hint="Correct the data. Or publish them as they are, with --allow-violations "
            "(allow_violations=True): the manifest then states how many violations there are.",
        )
        self.report = report
