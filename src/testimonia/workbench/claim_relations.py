"""What the claims of a file agree or conflict with among all claims of the folder, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pyoxigraph import NamedNode, Quad, Triple

from testimonia.catalogue import resources
from testimonia.catalogue.lookup import Names
from testimonia.catalogue.rules import read_rules
from testimonia.derivation import running
from testimonia.derivation.proofs import Prover
from testimonia.errors import Place, RuleError
from testimonia.namespaces import TMN
from testimonia.query.store import Store

__all__ = ["relations"]

_SAID: Final = {
    TMN.agreesWith: "agrees with",
    TMN.conflictsWith: "conflicts with",
    TMN.revises: "revises",
    TMN.supersededBy: "is superseded by",
    TMN.overtakenBy: "is overtaken by",
    TMN.mayBeOvertakenBy: "may be overtaken by",
    TMN.callsIntoQuestion: "calls into question",
    TMN.withdrawnBy: "is withdrawn by",
}
_TURNED: Final = {
    TMN.revises: "is revised by",
    TMN.supersededBy: "supersedes",
    TMN.overtakenBy: "overtakes",
    TMN.mayBeOvertakenBy: "may overtake",
    TMN.callsIntoQuestion: "is called into question by",
    TMN.withdrawnBy: "withdraws",
}
_MOST: Final = 500


def relations(
    quads: Iterable[Quad], places: Mapping[str, Place], claims: Sequence[str]
) -> list[dict[str, Any]]:
    """Derive, and give each relation of some claims to other claims.

    Parameters
    ----------
    quads
        All claims there are.
    places
        Where things were typed, by their IRIs.
    claims
        The IRIs of the claims that are asked about.

    Returns
    -------
    list of dict
        For each relation: the ``id`` of the claim, ``how`` it relates, the ``other`` claim in words,
        the ``file`` and ``line`` of that, and ``why``. At most 500.
    """
    store = Store()
    store.load(quads)
    rules = read_rules(resources.rules())
    running.derive(store, rules)
    names = Names(store)
    prover = Prover(store, rules, names.label)
    found: list[dict[str, Any]] = []
    for iri, fact, how, other in _between(store, claims):
        if len(found) == _MOST:
            break
        place = places.get(other.value)
        found.append(
            {
                "id": iri,
                "how": how,
                "other": names.label(other.value) or other.value,
                "file": str(place.path) if place else None,
                "line": place.line if place else None,
                "why": _why(prover, fact),
            }
        )
    return found


def _between(store: Store, claims: Sequence[str]) -> Iterator[tuple[str, Triple, str, NamedNode]]:
    """Find derived relations from and to claims; those that hold both ways once."""
    for iri in claims:
        node = NamedNode(iri)
        for triple in sorted(store.outgoing(node), key=str):
            other = triple.object
            if triple.predicate in _SAID and isinstance(other, NamedNode):
                yield iri, triple, _SAID[triple.predicate], other
        for triple in sorted(store.incoming(node), key=str):
            other = triple.subject
            if triple.predicate in _TURNED and isinstance(other, NamedNode):
                yield iri, triple, _TURNED[triple.predicate], other


def _why(prover: Prover, fact: Triple) -> str:
    try:
        return prover.step(fact).sentence
    except RuleError:
        return ""
