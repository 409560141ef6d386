"""An incident in a few lines: what is accepted of each harm and how well it is supported, and who is blamed.

Nothing is decided here. The range is what the policy `latest-by-claimant` accepts, the grade that of the policy
`evidence-grade`; both are read from the assessments in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import PREFIXES, SKOS, TMC, TMN
from testimonia.pages.assessment_view import accepted_text
from testimonia.pages.blame_accounts import Account, Voice
from testimonia.pages.figure_matrix import FigureRow, figure_text
from testimonia.pages.incident_claims import IncidentClaims, SaidClaim
from testimonia.pages.node_reader import Link, NodeReader

__all__ = ["Accused", "Answer", "Toll", "accused", "sentence", "tolls"]

_RANGE: Final = NamedNode(f"{PREFIXES['policy']}latest-by-claimant")
_GRADE: Final = NamedNode(f"{PREFIXES['policy']}evidence-grade")
_GRADES: Final = tuple(TMC[name] for name in ("confirmed", "fair", "contested", "weak"))
"""The grades from best to worst, as the policy ranks them."""
_MEANINGS: Final = {
    TMC.confirmed.value: "admitted, or own loss",
    TMC.fair.value: "two or more origins",
    TMC.contested.value: "who did it",
    TMC.weak.value: "one origin, or none",
}
"""What a grade is about, since beside a figure its name alone is taken for something else."""
_MOST_BLAMED: Final = 3
_MOST_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Toll:
    """What is accepted of one harm to the widest group that somebody counts.

    Attributes
    ----------
    harm, victims, event
        What is counted; the event if it is a part of the incident.
    figure
        The range from the lowest to the highest figure.
    policy
        The policy that accepts it.
    assessment
        Its assessment, which names the claims used.
    grade
        The grade of the evidence.
    origins
        The number of independent origins of the figure that has most, at least and at most.
    speakers
        How many speakers uphold one of the figures.
    bodies
        The official bodies that confirm one of the figures, each with what it confirms where that is not
        the whole range.
    within
        The victims of other tolls that contain this one, each with the harm if it is another one.
    may_overlap
        Whether some of these people may be counted in another toll too.
    """

    harm: Link
    victims: Link
    event: Link | None
    figure: str
    policy: Link
    assessment: Link
    grade: Link | None
    origins: str
    speakers: int
    bodies: tuple[tuple[Link, str], ...] = ()
    within: tuple[tuple[Link, Link | None], ...] = ()
    may_overlap: bool = False

    @property
    def meaning(self) -> str:
        """What the grade is about."""
        return _MEANINGS.get(self.grade.iri, "") if self.grade else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who denies, or questions, that somebody did it.

    Attributes
    ----------
    account
        What they deny.
    by
        Who, without those who revised it.
    denies
        Whether they say that it is not so; else they question whether it is.
    """

    account: Link
    by: tuple[Link, ...]
    denies: bool

    @property
    def word(self) -> str:
        """What it is called."""
        return "denied" if self.denies else "questioned"


@dataclass(frozen=True, slots=True)
class Accused:
    """Somebody who is named as perpetrator without a hedge.

    Attributes
    ----------
    who
        The accused.
    by
        Who names them, without superseded claims.
    answers
        Who denies or questions that they did it.
    """

    who: Link
    by: tuple[Link, ...]
    answers: tuple[Answer, ...]


def tolls(incident: IncidentClaims, rows: Iterable[FigureRow]) -> list[Toll]:
    """List what is accepted of the widest rows, a part after its whole; none without assessments.

    Parameters
    ----------
    incident
        The incident.
    rows
        Its rows.
    """
    reader = incident.reader
    assessed = {
        (event, reader.node(each, TMN.assessedHarm), reader.node(each, TMN.assessedVictims)): each
        for event in incident.events
        for each in reader.subjects(event, TMN.assesses)
        if reader.node(each, TMN.underPolicy) == _RANGE
        and reader.literal(each, TMN.acceptsFigure) == "true"
    }
    found: list[tuple[FigureRow, Toll]] = []
    for row in rows:
        if any(claim.standing for wider in row.wider for claim in wider.claims):
            continue
        keys = [
            (row.event, reader.node(p, TMN.harm), reader.node(p, TMN.victims))
            for p in row.propositions
        ]
        assessment = next((assessed[key] for key in keys if key in assessed), None)
        if assessment is not None:
            found.append((row, _toll(incident, row, assessment)))
    return _beside_each_other(reader, found)


def _beside_each_other(reader: NodeReader, found: list[tuple[FigureRow, Toll]]) -> list[Toll]:
    """Put wider groups first, and say of each toll what it is a part of, and what it may overlap."""
    wholes = {
        part: [
            other
            for other, (whole, _) in enumerate(found)
            if other != part and _counts_part_of(reader, row, whole)
        ]
        for part, (row, _) in enumerate(found)
    }
    lines = [_line(reader, row.harm) for row, _ in found]
    ordered: dict[int, Toll] = {}

    def place(index: int, waiting: tuple[int, ...] = ()) -> None:
        row, toll = found[index]
        for whole in wholes[index]:
            # A wider harm does not come first: that somebody died is what a reader looks for.
            if whole not in (*ordered, *waiting) and found[whole][0].harm == row.harm:
                place(whole, (*waiting, index))
        others = (n for n in range(len(found)) if n != index)
        ordered[index] = replace(
            toll,
            within=tuple(
                (other.victims, other.harm if other.harm != toll.harm else None)
                for other in (found[whole][1] for whole in wholes[index])
            ),
            may_overlap=any(
                row.harm in lines[n] or found[n][0].harm in lines[index] for n in others
            ),
        )

    for index in range(len(found)):
        if index not in ordered:
            place(index)
    return list(ordered.values())


def _counts_part_of(reader: NodeReader, part: FigureRow, whole: FigureRow) -> bool:
    return any(
        not set(whole.propositions).isdisjoint(reader.nodes(figure, TMN.countsPartOf))
        for figure in part.propositions
    )


def _line(reader: NodeReader, harm: NamedNode) -> list[NamedNode]:
    """List a harm and those that contain it."""
    found = [harm]
    for each in found:  # grows while it is read
        found += [above for above in reader.nodes(each, SKOS.broader) if above not in found]
    return found


def _toll(incident: IncidentClaims, row: FigureRow, assessment: NamedNode) -> Toll:
    reader = incident.reader
    standing = [claim for claim in row.claims if claim.standing]
    figures = list(dict.fromkeys(claim.proposition for claim in standing))
    figure = accepted_text(reader, assessment)
    grade = _best_grade(incident, figures)
    return Toll(
        reader.link(row.harm),
        reader.link(row.victims),
        reader.link(row.event) if row.event != incident.incident else None,
        figure,
        reader.link(_RANGE),
        reader.link(assessment),
        reader.link(grade) if grade is not None else None,
        _origins(incident, figures),
        len({claim.speaker for claim in standing}),
        tuple(_bodies(reader, standing, figure)),
    )


def _bodies(
    reader: NodeReader, standing: Iterable[SaidClaim], figure: str
) -> Iterator[tuple[Link, str]]:
    """Iterate over the official bodies that confirm figures, with the figures if they are not the range."""
    confirmed: dict[Link, dict[str, None]] = {}
    for claim in standing:
        for body in reader.links(reader.nodes(claim.node, TMN.confirmsFor)):
            said = confirmed.setdefault(body, {})
            said[figure_text(reader, claim.proposition)] = None
    for body in sorted(confirmed, key=lambda link: (link.text, link.iri)):
        said = confirmed[body]
        yield body, "" if list(said) == [figure] else ", ".join(said)


def _best_grade(incident: IncidentClaims, figures: Sequence[NamedNode]) -> NamedNode | None:
    """Find the best grade of standing figures, and of standing figures that refine one of them."""
    reader = incident.reader
    graded = dict.fromkeys(figures)
    for figure in figures:
        for finer in reader.subjects(figure, TMN.refines):
            if any(claim.standing for claim in incident.claims.get(finer, ())):
                graded[finer] = None
    given = {
        grade
        for figure in graded
        for assessment in reader.subjects(figure, TMN.assessedFigure)
        if reader.node(assessment, TMN.underPolicy) == _GRADE
        and (grade := reader.node(assessment, TMN.grade)) is not None
    }
    return next((grade for grade in _GRADES if grade in given), None)


def _origins(incident: IncidentClaims, figures: Iterable[NamedNode]) -> str:
    reader = incident.reader
    pairs = [
        (int(least), int(most))
        for figure in figures
        if (least := reader.literal(figure, TMN.independentOrigins)) is not None
        and (most := reader.literal(figure, TMN.independentOriginsAtMost)) is not None
    ]
    if not pairs:
        return ""
    fewest, most_of_all = max(low for low, _ in pairs), max(high for _, high in pairs)
    sure = "none" if fewest == 0 else str(fewest)
    return str(fewest) if fewest == most_of_all else f"{sure} for certain, {most_of_all} at most"


def accused(incident: IncidentClaims, accounts: Iterable[Account]) -> list[Accused]:
    """List who is named as perpetrator, with those who name them.

    Parameters
    ----------
    incident
        The incident.
    accounts
        Its accounts of responsibility.
    """
    reader = incident.reader
    blamed: dict[Link, dict[str, Link]] = {}
    answers: dict[Link, list[Answer]] = {}
    for account in accounts:
        by = {v.speaker.iri: v.speaker for v in account.upheld if not v.superseded}
        named = reader.nodes(NamedNode(account.proposition.iri), TMN.perpetrator)
        for link in map(reader.link, named):
            if by:
                blamed.setdefault(link, {}).update(by)
            answers.setdefault(link, []).extend(_answers(account, link, alone=len(named) == 1))
    listed = [
        Accused(link, tuple(sorted(by.values(), key=lambda each: each.text)), tuple(answers[link]))
        for link, by in blamed.items()
    ]
    return sorted(listed, key=lambda each: (-len(each.by), each.who.text))


def _answers(account: Account, accused: Link, *, alone: bool) -> Iterator[Answer]:
    """Iterate over the denials that are about one of those whom an account names.

    A denial of a wider account says nothing of this name, and one of a joint account only what the
    accused themselves deny: that somebody else did it with them is another matter.
    """

    def meets(voice: Voice) -> bool:
        own = alone or voice.speaker.iri == accused.iri
        return own and voice.about is None and not voice.superseded

    for denies in (True, False):
        by = {v.speaker.iri: v.speaker for v in account.denied if v.denies is denies and meets(v)}
        if by:
            yield Answer(account.proposition, tuple(by.values()), denies)


def sentence(
    english: NodeReader,
    node: NamedNode,
    when: str,
    found: Sequence[Toll],
    blamed: Sequence[Accused],
) -> str:
    """Say it in one sentence or two, in English, to quote.

    Parameters
    ----------
    english
        Reads the store, with names in English.
    node, when
        The incident, and its time, unless its name says that.
    found
        What is accepted of each harm.
    blamed
        Who is named as perpetrator.
    """

    def name(link: Link) -> str:
        return english.name(NamedNode(link.iri))

    def names(links: Sequence[Link]) -> str:
        more = len(links) - _MOST_NAMED
        others = f" and {more} more" if more > 0 else ""
        return " and ".join(name(link) for link in links[:_MOST_NAMED]) + others

    def accusation(each: Accused) -> str:
        answers = ", ".join(f"{answer.word} by {names(answer.by)}" for answer in each.answers)
        return f"{name(each.who)}, by {names(each.by)}{f' ({answers})' if answers else ''}"

    head = ", ".join(filter(None, (english.name(node), when)))
    tolls = "; ".join(
        f"{name(toll.harm)} {toll.figure} ({name(toll.victims)}"
        f"{f', evidence {name(toll.grade)}: {toll.meaning}' if toll.grade else ''})"
        for toll in found
    )
    text = f"{head}: {tolls or 'nobody upholds a figure of people harmed'}."
    if not blamed:
        return text
    more = len(blamed) - _MOST_BLAMED
    others = f"; and {more} more" if more > 0 else ""
    return f"{text} Blamed: {'; '.join(map(accusation, blamed[:_MOST_BLAMED]))}{others}."
