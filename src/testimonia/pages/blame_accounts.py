"""The accounts of who did it, side by side, each with the denials of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from testimonia.namespaces import TMC, TMN
from testimonia.pages.figure_matrix import REASONS
from testimonia.pages.incident_claims import IncidentClaims, SaidClaim
from testimonia.pages.node_reader import Link, Text

__all__ = ["Account", "Voice", "accounts"]

_MOST_CLAIMS: Final = 8


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who takes a stand on an account.

    Attributes
    ----------
    speaker
        Who.
    remarks
        How, where it is not a plain assertion or denial; that it was superseded.
    superseded
        Whether it was revised later.
    claims
        The claims that say so.
    about
        The proposition that is denied, where it is another one, which the account implies.
    denies
        Whether they say that it is not so; not if they only question whether it is.
    """

    speaker: Link
    remarks: tuple[str, ...]
    superseded: bool
    claims: tuple[Link, ...]
    about: Link | None = None
    denies: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """An account of who did it, or of what those who did it belonged to.

    Attributes
    ----------
    proposition
        The account.
    gloss
        What it says.
    event
        The event, if it is a part of the incident.
    named
        Whom it names.
    upheld, hedged, denied, other
        Who says so, who says so as suspected or possible, who denies it, and who takes another stand.
    """

    proposition: Link
    gloss: Text | None
    event: Link | None
    named: tuple[Link, ...]
    upheld: tuple[Voice, ...]
    hedged: tuple[Voice, ...]
    denied: tuple[Voice, ...]
    other: tuple[Voice, ...]


def accounts(
    incident: IncidentClaims, kind: NamedNode = TMN.ResponsibilityProposition
) -> list[Account]:
    """List the accounts of an incident, those that most speakers uphold first.

    Parameters
    ----------
    incident
        The incident.
    kind
        The class of the accounts: of responsibility, or of affiliation.
    """
    found = [_account(incident, proposition) for proposition in incident.of_class(kind)]

    def order(account: Account) -> tuple[object, ...]:
        return (
            -len(account.upheld),
            -len(account.hedged),
            -len(account.denied),
            account.proposition.text,
        )

    return sorted(found, key=order)


def _account(incident: IncidentClaims, proposition: NamedNode) -> Account:
    reader = incident.reader
    claims = incident.claims[proposition]
    denying = [claim for claim in claims if claim.stance in ("denies", "disputes")]
    upheld = [claim for claim in claims if claim.upholds]
    hedged = [
        c for c in claims if not c.upholds and c.stance in ("asserts", "confirms", "concedes")
    ]
    others = [c for c in claims if c not in denying and c not in upheld and c not in hedged]
    elsewhere = _denials_elsewhere(incident, proposition, upheld)
    event = claims[0].event
    return Account(
        reader.link(proposition),
        reader.text(proposition, TMN.gloss),
        reader.link(event) if event != incident.incident else None,
        tuple(
            reader.links(
                reader.nodes(
                    proposition,
                    TMN.perpetrator,
                    TMN.alternativePerpetrator,
                    TMN.actor,
                    TMN.affiliatedWith,
                )
            )
        ),
        _voices(incident, upheld),
        _voices(incident, hedged),
        (*_voices(incident, denying), *_voices(incident, elsewhere, elsewhere=True)),
        _voices(incident, others),
    )


def _denials_elsewhere(
    incident: IncidentClaims, proposition: NamedNode, upheld: Iterable[SaidClaim]
) -> list[SaidClaim]:
    """Find the claims that deny another statement, which this account implies, and so conflict with it."""
    reader = incident.reader
    found: dict[NamedNode, SaidClaim] = {}
    for claim in upheld:
        for rival in reader.nodes(claim.node, TMN.conflictsWith):
            other = incident.by_node.get(rival)
            if (
                other is not None
                and other.proposition != proposition
                and other.stance in ("denies", "disputes")
            ):
                found[rival] = other
    return sorted(found.values(), key=lambda claim: claim.node.value)


def _voices(
    incident: IncidentClaims, claims: Iterable[SaidClaim], *, elsewhere: bool = False
) -> tuple[Voice, ...]:
    """Name each speaker once for all claims that say the same."""
    reader = incident.reader
    groups: dict[tuple[object, ...], list[SaidClaim]] = {}
    for claim in claims:
        key = (claim.speaker, claim.stance, claim.certainty, claim.reasons, bool(claim.superseded))
        groups.setdefault((*key, claim.proposition), []).append(claim)
    voices = []
    for found in groups.values():
        first = found[0]
        if first.speaker is None:
            continue
        codes = [c for c in (first.stance, first.certainty) if c not in ("asserts", "unhedged", "")]
        codes += [reason for reason in first.reasons if reason in REASONS]
        voices.append(
            Voice(
                reader.link(first.speaker),
                tuple(reader.name(TMC[code]) for code in codes if code != "denies"),
                bool(first.superseded),
                tuple(reader.link(claim.node) for claim in found[:_MOST_CLAIMS]),
                reader.link(first.proposition) if elsewhere else None,
                first.stance == "denies",
            )
        )
    return tuple(sorted(voices, key=lambda voice: (voice.superseded, voice.speaker.text)))
