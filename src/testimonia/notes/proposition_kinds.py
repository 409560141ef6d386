"""The fields in which notes state what is claimed, other than figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from testimonia.notes.phrases import Cell, code_words

__all__ = ["IN_WORDS", "KINDS", "Kind", "glossed"]


@dataclass(frozen=True)
class Kind:
    """A field that states what is claimed.

    Parameters
    ----------
    field
        Its name.
    type
        The class of its proposition.
    column
        The column of the table ``propositions`` that its value goes to.
    description
        What it means.
    """

    field: str
    type: str
    column: str
    description: str


KINDS: Final = (
    Kind(
        "did",
        "ConductProposition",
        "gloss",
        "What somebody did, in your words; actor names who did.",
    ),
    Kind("vows", "CommitmentProposition", "gloss", "What somebody commits to do, in your words."),
    Kind("why", "MotiveProposition", "gloss", "Why it was done, in your words."),
    Kind("happened", "OccurrenceProposition", "gloss", "That it happened, in your words."),
    Kind("judges", "ReliabilityProposition", "judges", "The claim that this one is about."),
    Kind(
        "belongs to",
        "AffiliationProposition",
        "affiliated_with",
        "The organisation that the actor is affiliated with.",
    ),
    Kind("joined", "MembershipProposition", "member_of", "The organisation that the actor joined."),
    Kind(
        "holds", "ControlProposition", "controlled_place", "The place that the controller controls."
    ),
    Kind("linked to", "LinkProposition", "linked_event", "The other event."),
    Kind(
        "by",
        "ResponsibilityProposition",
        "perpetrator",
        "Who did it; if several, they did it together.",
    ),
    Kind(
        "by one of", "ResponsibilityProposition", "alternative_perpetrator", "One of these did it."
    ),
    Kind("where", "PlaceProposition", "claimed_place", "Where it happened."),
    Kind("when", "TimeProposition", "claimed_time", "When it happened."),
)
"""In the order in which they are tried."""

IN_WORDS: Final = frozenset(kind.type for kind in KINDS if kind.column == "gloss")
"""Classes of propositions that state what is claimed in words, and may differ in these alone."""


def glossed(row: Mapping[str, Cell], label: Callable[[str], str]) -> str | None:
    """Write the content of a proposition as a sentence; None if its columns do not contain it.

    Parameters
    ----------
    row
        A row of the table ``propositions`` that is not a figure.
    label
        Returns the names in a column, with *and* between them.
    """
    kinds = row.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else ""
    how = row.get("affiliation_kind")
    as_what = code_words(how[0]) if isinstance(how, list) and how else "member"
    if row.get("perpetrator"):
        return f"{label('perpetrator')} did it."
    if row.get("alternative_perpetrator"):
        return f"One of these did it: {label('alternative_perpetrator')}."
    if row.get("claimed_place"):
        return f"It happened here: {label('claimed_place')}."
    if row.get("claimed_time"):
        return f"It happened at this time: {label('claimed_time')}."
    if kind == "AffiliationProposition" and row.get("affiliated_with"):
        return f"{label('actor')}: {as_what} of {label('affiliated_with')}."
    if kind == "MembershipProposition" and row.get("member_of"):
        return f"{label('actor')}: {as_what} of {label('member_of')}."
    if row.get("controlled_place"):
        return f"{label('controller')} holds {label('controlled_place')}."
    if row.get("linked_event"):
        return f"It is linked to {label('linked_event')}."
    if row.get("judgement") and row.get("judges"):
        return f"{label('judges')}: {code_words(str(row['judgement']))}."
    return None
