"""Finds terms in a query for facts that were not derived, or assessments that were not made.

Such a query has no results, or too few, as if there were nothing to find.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pyoxigraph import NamedNode

from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rules
from testimonia.derivation.proofs import predicate_of
from testimonia.namespaces import (
    CODE,
    IDENTIFIER,
    ONTOLOGY,
    OWL,
    SKOS,
    TERMS,
    TMN,
    shorten,
)
from testimonia.query.named_terms import named_terms
from testimonia.query.queryable import Queryable
from testimonia.suggestions import did_you_mean, nearest

__all__ = ["missing_facts", "unknown_names"]

_IN_SCHEME = SKOS.inScheme
_EQUIVALENT = OWL.equivalentClass
_FEW = 3  # maximum number of terms to list in a note
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


def missing_facts(store: Queryable, query: str) -> tuple[str, ...]:
    """Describe what a query asks for that was not derived or accepted.

    Parameters
    ----------
    store
        The queried store.
    query
        SPARQL.
    """
    terms = named_terms(query)
    found = []
    derived = [term for term in _derived() if term in terms]
    if derived and not _any(store, _derived()):
        found.append(
            f"{_named(derived)}: rules derive such statements, and nothing was derived from these data. Run "
            "testimonia derive with --store first, or call Dataset.derive(); testimonia ask derives "
            "automatically"
        )
    accepted = [term for term in _ASSESSMENTS if term in terms]
    if accepted and not _any(store, _ASSESSMENTS):
        found.append(
            f"{_named(accepted)}: acceptance policies make such statements, and none has assessed these data. "
            "Run testimonia accept --policy NAME with --store first, or call Dataset.accept(NAME); "
            "testimonia ask accepted-figures does so automatically"
        )
    return tuple(found)


def unknown_names(store: Queryable, query: str) -> tuple[str, ...]:
    """Describe the unknown names of Testimonia's own namespaces in a query without results.

    A name may be misspelt; or that of a defined class, whose members only a reasoner infers.

    Parameters
    ----------
    store
        The queried store, including ontology and code lists.
    query
        SPARQL.
    """
    found = []
    for node in sorted(named_terms(query, (ONTOLOGY, CODE, IDENTIFIER)), key=str):
        if any(store.outgoing(node, _EQUIVALENT)) and not store.uses(node):
            found.append(
                f"{shorten(node.value)}: the ontology defines this class, and its members are not asserted but "
                "inferred. testimonia reason finds them"
            )
            continue
        if _known(store, node):
            continue
        close = nearest(shorten(node.value), _names_like(store, node))
        guess = f". {did_you_mean(close)}" if close else ""
        found.append(
            f"{shorten(node.value)}: nothing in the data or the ontology has this name{guess}"
        )
    return tuple(found)


def _known(store: Queryable, node: NamedNode) -> bool:
    if node.value.removeprefix(ONTOLOGY) in TERMS:
        return True
    if node.value.startswith(CODE) and not store.uses(_IN_SCHEME):
        return True  # unknown without the code lists
    return any(True for _ in (*store.outgoing(node), *store.incoming(node))) or store.uses(node)


def _names_like(store: Queryable, node: NamedNode) -> list[str]:
    if node.value.startswith(ONTOLOGY):
        return [f"tmn:{term}" for term in TERMS]
    space = CODE if node.value.startswith(CODE) else IDENTIFIER
    return [shorten(iri) for iri in store.subjects(space)]


@cache
def _derived() -> tuple[NamedNode, ...]:
    found = (predicate_of(rule) for rule in read_rules(resources.rules()))
    return tuple(dict.fromkeys(found))


def _any(store: Queryable, terms: Iterable[NamedNode]) -> bool:
    return any(store.uses(term) for term in terms)


def _named(terms: Iterable[NamedNode]) -> str:
    names = [f"tmn:{term.value.removeprefix(ONTOLOGY)}" for term in terms]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
