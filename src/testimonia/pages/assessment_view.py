"""What the page of an assessment shows: the figure that a policy accepts, from which claims, and what it sets aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import PREFIXES, SKOS, TMN
from testimonia.pages.figure_matrix import bounds_text
from testimonia.pages.node_reader import Link, NodeReader, Text
from testimonia.pages.said_by import Said, said

__all__ = ["SHOWN", "AssessmentView", "accepted_text", "assessment_view"]

_USED: Final = NamedNode(f"{PREFIXES['prov']}wasDerivedFrom")
SHOWN: Final = (
    _USED,
    TMN.acceptedLowerBound,
    TMN.acceptedUpperBound,
    TMN.acceptsFigure,
    TMN.assessedHarm,
    TMN.assessedVictims,
    TMN.assesses,
    TMN.exclusion,
    TMN.grade,
    TMN.openAbove,
    TMN.openBelow,
    TMN.setAside,
    TMN.underPolicy,
)
"""The properties of an assessment that its page shows in words."""
_MOST_LISTED: Final = 60


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment, in the order in which one asks about it.

    Attributes
    ----------
    policy
        The policy.
    event, harm, victims
        What is assessed.
    figure
        The figure that is accepted; empty if none is.
    grade, meaning
        The grade of the evidence, and its definition, where the policy gives one.
    used
        The claims from which the figure is taken, as far as they are listed.
    set_aside
        The claims that are not used, by the reason, as far as they are listed, and how many more there are.
    more
        How many of the claims used are not listed.
    """

    policy: Link | None
    event: Link | None
    harm: Link | None
    victims: Link | None
    figure: str
    grade: Link | None
    meaning: Text | None
    used: tuple[Said, ...]
    set_aside: tuple[tuple[Link, tuple[Said, ...], int], ...]
    more: int

    @property
    def title(self) -> str:
        """What the page is called: an assessment has no name of its own."""
        of = " · ".join(link.text for link in (self.harm, self.victims, self.event) if link)
        return f"{self.policy.text}: {of}" if self.policy else of


def accepted_text(reader: NodeReader, assessment: NamedNode) -> str:
    """Write the figure that an assessment accepts; an empty text if it accepts none.

    Parameters
    ----------
    reader
        Reads the store.
    assessment
        The assessment.
    """
    if reader.literal(assessment, TMN.acceptsFigure) != "true":
        return ""
    return bounds_text(
        reader.literal(assessment, TMN.acceptedLowerBound),
        reader.literal(assessment, TMN.acceptedUpperBound),
        open_below=reader.literal(assessment, TMN.openBelow) == "true",
        open_above=reader.literal(assessment, TMN.openAbove) == "true",
    )


def assessment_view(reader: NodeReader, node: NamedNode) -> AssessmentView:
    """Read what the page of an assessment shows.

    Parameters
    ----------
    reader
        Reads the store.
    node
        The assessment.
    """

    def link(predicate: NamedNode) -> Link | None:
        found = reader.node(node, predicate)
        return reader.link(found) if found is not None else None

    grade = reader.node(node, TMN.grade)
    used = reader.nodes(node, _USED)
    return AssessmentView(
        link(TMN.underPolicy),
        link(TMN.assesses),
        link(TMN.assessedHarm),
        link(TMN.assessedVictims),
        accepted_text(reader, node),
        link(TMN.grade),
        reader.text(grade, SKOS.definition) if grade is not None else None,
        _listed(reader, used),
        _set_aside(reader, node),
        max(0, len(used) - _MOST_LISTED),
    )


def _set_aside(
    reader: NodeReader, node: NamedNode
) -> tuple[tuple[Link, tuple[Said, ...], int], ...]:
    """Group the claims that are not used by the reason, the most frequent reason first."""
    groups: dict[NamedNode, list[NamedNode]] = {}
    for exclusion in reader.nodes(node, TMN.exclusion):
        for reason in reader.nodes(exclusion, TMN.exclusionReason):
            claims = groups.setdefault(reason, [])
            claims += reader.nodes(exclusion, TMN.excludedClaim)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0].value))
    return tuple(
        (reader.link(reason), _listed(reader, claims), max(0, len(claims) - _MOST_LISTED))
        for reason, claims in ordered
    )


def _listed(reader: NodeReader, claims: list[NamedNode]) -> tuple[Said, ...]:
    found = [said(reader, claim) for claim in claims[:_MOST_LISTED]]
    return tuple(sorted(found, key=lambda each: each.order))
