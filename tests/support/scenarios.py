"""Scenarios and the tables of facts expected of them; imported by the tests of this folder."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Triple

from testimonia.catalogue import resources
from testimonia.catalogue.rules import Rule, read_rules
from testimonia.derivation.running import derive
from testimonia.namespaces import IDENTIFIER, shorten
from testimonia.query.graph_names import CODES_GRAPH
from testimonia.query.store import Store
from testimonia.rdf import files
from testimonia.values import Term

FOLDER = Path(__file__).parents[1] / "scenarios"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/data.ttl"))
PALMYRA = Path(__file__).parents[1] / "derivation" / "palmyra.expected.csv"

SYMMETRIC = frozenset(
    f"tmn:{name}"
    for name in [
        "agreesWith",
        "comparableWith",
        "compatibleWith",
        "conflictsWith",
        "differsFrom",
        "incompatibleWith",
    ]
)

# Facts of these predicates are compared only where an expected table holds some: most of them say
# little by themselves, and there is one for every claim, figure or agent.
PLAIN = frozenset(
    f"tmn:{name}"
    for name in [
        "addsOrigin",
        "confirmsFor",
        "countWindow",
        "countedAs",
        "countsPartOf",
        "doesNotUphold",
        "independentOriginsAtMost",
        "knownAt",
        "onlyNarratedBy",
        "origin",
        "originParty",
        "party",
        "speaker",
        "tiedTo",
        "upheldBy",
    ]
)

Fact = tuple[str, str, str]


def facts(triples: Iterable[Triple]) -> set[Fact]:
    return {
        (
            shorten(triple.subject.value),
            shorten(triple.predicate.value),
            shorten(triple.object.value),
        )
        for triple in triples
    }


def expected(table: Path) -> set[Fact]:
    with table.open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    assert header == ["subject", "predicate", "object"]
    assert len(rows) == len({tuple(row) for row in rows}), f"{table} says something twice"
    stated = {(subject, predicate, object_) for subject, predicate, object_ in rows}
    reverse = {(o, p, s) for s, p, o in stated if p in SYMMETRIC}
    assert not stated & reverse, f"{table} states a symmetric fact in both directions"
    return stated | reverse


def compared(found: set[Fact], wanted: set[Fact]) -> set[Fact]:
    """Leave out facts of the plain predicates that an expected table says nothing about."""
    listed = {predicate for _, predicate, _ in wanted}
    return {fact for fact in found if fact[1] not in PLAIN or fact[1] in listed}


def store_of(data: Path) -> Store:
    """Load data with the ontology and its code lists, all of which the rules need."""
    store = Store()
    store.load(files.read([data]))
    store.load(files.read(resources.ontology()), CODES_GRAPH)
    return store


def derived(store: Store, rules: Sequence[Rule]) -> set[Fact]:
    derive(store, rules)
    return {fact for rule in rules for fact in facts(store.statements(rule.graph))}


RULES = read_rules(resources.rules())


def together(*, derived_too: bool) -> list[Quad]:
    """List the quads of all scenarios with the vocabulary: what each names has a name of its own.

    Parameters
    ----------
    derived_too
        Whether what each of them derives is among them.
    """
    quads: list[Quad] = []
    for name in NAMES:
        store = store_of(FOLDER / name / "data.ttl")
        if derived_too:
            derived(store, RULES)
        quads += [_renamed(quad, name) for quad in store]
    return quads


def _renamed(quad: Quad, scenario: str) -> Quad:
    def renamed(term: Term) -> Term:
        if isinstance(term, NamedNode) and term.value.startswith(IDENTIFIER):
            return NamedNode(f"{IDENTIFIER}{scenario}/{term.value.removeprefix(IDENTIFIER)}")
        return term

    return Quad(renamed(quad.subject), quad.predicate, renamed(quad.object), quad.graph_name)
