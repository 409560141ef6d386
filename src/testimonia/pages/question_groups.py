"""The questions in groups, those first that a reader has most often."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from testimonia.catalogue.questions import Question

__all__ = ["GROUPS", "OTHERS", "grouped"]

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Figures": (
        "incident-summary",
        "confirmed-figures",
        "figures-by-claimant",
        "unconfirmed-figures",
        "corroboration",
        "single-origin-figures",
        "detentions",
        "range-width",
        "totals-by-party",
    ),
    "Who did it": ("perpetrator-accounts", "concessions", "control-accounts", "commitments"),
    "Conflicts and revisions": (
        "contradictions",
        "disputes",
        "revisions",
        "disagreement-by-pair",
        "most-contested-events",
        "judged-statements",
        "compiler-against-source",
    ),
    "Sources": (
        "claim-provenance",
        "documents",
        "agents-and-parties",
        "spoke-for",
        "unnamed-sources-only",
        "relayed-speech",
        "circular-reports",
        "memberships",
        "figures-by-informant",
        "informants-by-party",
    ),
    "Events and places": ("timeline", "place-accounts", "material-facts", "linked-events"),
    "Policies": ("accepted-figures",),
}
"""The names of the shipped questions by group."""
OTHERS: Final = "Others"
"""The group of all other questions, such as those of one's own folders."""


def grouped(questions: Iterable[Question]) -> list[tuple[str, list[Question]]]:
    """Put questions in groups, without those that would be empty.

    Parameters
    ----------
    questions
        The questions.
    """
    left = {question.name: question for question in questions}
    found = [
        (title, [left.pop(name) for name in names if name in left])
        for title, names in GROUPS.items()
    ]
    return [group for group in [*found, (OTHERS, list(left.values()))] if group[1]]
