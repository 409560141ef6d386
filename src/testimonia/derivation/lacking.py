"""Finds what a query asks for that rules or policies make, and that nobody has made.

Such a query answers with nothing, or with too little, and looks as if there were nothing to find.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pyoxigraph import NamedNode

from testimonia import resources
from testimonia.derivation.proofs import predicate_of
from testimonia.derivation.rules import read_rules
from testimonia.namespaces import ONTOLOGY, PREFIXES, TMN
from testimonia.sparql import tokens
from testimonia.store import Store

__all__ = ["lacking"]

_FEW = 3  # terms that a note names
_ASSESSMENTS = (
    TMN.Assessment,
    TMN.underPolicy,
    TMN.assesses,
    TMN.assessedHarm,
    TMN.assessedVictims,
    TMN.acceptedLowerBound,
    TMN.acceptedUpperBound,
    TMN.exclusion,
    TMN.excludedClaim,
    TMN.exclusionReason,
    TMN.grade,
)


def lacking(store: Store, query: str) -> tuple[str, ...]:
    """Say what a query asks for that was not derived or accepted.

    Parameters
    ----------
    store
        What is queried.
    query
        SPARQL.
    """
    terms = _terms(query)
    found = []
    derived = [term for term in _derived() if term in terms]
    if derived and not _any(store, _derived()):
        found.append(
            f"{_named(derived)}: rules derive such statements, and nothing was derived from these data. Run "
            "testimonia derive with --store first, or call Dataset.derive(); testimonia ask does it "
            "by itself"
        )
    accepted = [term for term in _ASSESSMENTS if term in terms]
    if accepted and not _any(store, _ASSESSMENTS):
        found.append(
            f"{_named(accepted)}: acceptance policies make such statements, and none has assessed these data. "
            "Run testimonia accept --policy NAME with --store first, or call Dataset.accept(NAME); "
            "testimonia ask accepted-figures does it by itself"
        )
    return tuple(found)


def _terms(query: str) -> set[NamedNode]:
    """Read the terms of the ontology that a query names."""
    prefixes = dict(PREFIXES)
    found = set()
    before = ["", ""]
    for token in tokens(query):
        if token.kind == "iri" and before[0] == "PREFIX":
            prefixes[before[1].rstrip(":")] = token.text[1:-1]
        iri = token.text[1:-1] if token.kind == "iri" else None
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            iri = prefixes.get(prefix, "") + local
        if iri is not None and iri.startswith(ONTOLOGY):
            found.add(NamedNode(iri))
        before = [before[1], token.text if token.kind == "name" else token.text.upper()]
    return found


@cache
def _derived() -> tuple[NamedNode, ...]:
    found = (predicate_of(rule) for rule in read_rules(resources.rules()))
    return tuple(dict.fromkeys(found))


def _any(store: Store, terms: Iterable[NamedNode]) -> bool:
    return any(store.uses(term) for term in terms)


def _named(terms: Iterable[NamedNode]) -> str:
    names = [f"tmn:{term.value.removeprefix(ONTOLOGY)}" for term in terms]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
