"""Runs rules over a store: each fills a graph of its own; another graph has their provenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.catalogue.rules import Rule
from testimonia.namespaces import DCTERMS, OWL, PROV, RDF, RDFS
from testimonia.query.graph_names import ACCEPTED, DERIVED
from testimonia.query.store import Store
from testimonia.query.writable import Writable

__all__ = [
    "Derivation",
    "Plan",
    "derive",
    "described_last",
    "digest",
    "facts",
    "in_memory",
    "is_derived",
    "provenance",
]

_RULE: Final = "https://w3id.org/testimonia/rule/"
_INPUT: Final = "https://w3id.org/testimonia/id/input/"
_TYPE = RDF.type
_LABEL = RDFS.label
_VERSION = OWL.versionInfo
_IDENTIFIER = DCTERMS.identifier
_MOST_IN_MEMORY: Final = 10_000_000
_MODULUS = 1 << 256


@dataclass(frozen=True)
class Derivation:
    """The result of running the rules.

    Attributes
    ----------
    counts
        The number of derived facts by name of the rule, in the order of the run.
    inputs
        The digest of the input, as computed by `digest`.
    assessments
        The number of assessments by name of the policy, if policies were run as well.
    """

    counts: dict[str, int]
    inputs: str
    assessments: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The total number of derived facts."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Plan:
    """A rule or policy in provenance: IRI, summary, version and SHA-256 of its file."""

    iri: str
    summary: str
    version: str
    digest: str


@contextmanager
def in_memory(store: Store) -> Iterator[Store]:
    """Copy a store on disk to memory, and copy back what was derived and accepted in it.

    Rules and policies access the data randomly and repeatedly: in memory they take a fifth of the time.
    A store in memory is not copied, nor is one of more than ten million quads, whose copy would need
    gigabytes.

    Parameters
    ----------
    store
        The store. It is not changed if the block raises.
    """
    if store.directory is None or len(store) > _MOST_IN_MEMORY:
        yield store
        return
    copy = Store()
    copy.load(store)
    yield copy
    for root in (ACCEPTED, DERIVED):
        store.forget(root)
    for root in (DERIVED, ACCEPTED):
        for graph in described_last(copy.graphs(root)):
            found = copy.statements(graph)
            store.load(Quad(t.subject, t.predicate, t.object, graph) for t in found)
    store.flush()


def is_derived(store: Store) -> bool:
    """Return whether all rules have run; graphs of single rules may be left from an interrupted run."""
    return DERIVED in store.graphs(DERIVED)


def described_last(graphs: Iterable[NamedNode]) -> list[NamedNode]:
    """Sort graphs, the descriptions of others last: if these are there, so are all others."""
    return sorted(graphs, key=lambda graph: (graph in (DERIVED, ACCEPTED), graph.value))


def derive(store: Writable, rules: Sequence[Rule]) -> Derivation:
    """Remove what was derived and accepted before, and run rules in order.

    Parameters
    ----------
    store
        The store with the claims, to which facts are added.
    rules
        The rules, in the order of the run: each can use what earlier ones derived.

    Raises
    ------
    QueryError
        A rule is not well formed or cannot be run.
    """
    store.forget(ACCEPTED)  # assessments depend on derived facts
    store.forget(DERIVED)
    inputs = digest(store)
    counts = {rule.name: store.write(rule.sparql, rule.graph) for rule in rules}
    # Last and at once: if it is there, all rules have run.
    plans = [
        (rule, Plan(_RULE + rule.name, rule.summary, rule.version, rule.digest)) for rule in rules
    ]
    store.load(q for rule, plan in plans for q in provenance(rule.graph, plan, inputs, DERIVED))
    return Derivation(counts, inputs)


def digest(store: Writable, without: NamedNode | None = None) -> str:
    """Compute a digest of the content of a store, independent of order.

    The SHA-256 digests of the quads, each written as a line of N-Quads, are added modulo 2^256.
    Blank nodes are not distinguished, since their labels change with every load.

    Parameters
    ----------
    store
        The store.
    without
        A graph to leave out, with those whose names begin with its name and a slash.

    Returns
    -------
    str
        64 hexadecimal digits.

    Notes
    -----
    The construction is AdHash of Bellare and Micciancio (1997). It shows whether two inputs are
    the same; unlike a plain SHA-256 it is not secure against deliberate forgery.
    """
    return f"{store.line_sum(without) % _MODULUS:064x}"


def provenance(made: NamedNode, plan: Plan, inputs: str, graph: NamedNode) -> Iterator[Quad]:
    """Describe the provenance of a graph (PROV-O, sections 3.1 and 3.3).

    The time is left out, so that the same input always gives the same description.

    Parameters
    ----------
    made
        The graph.
    plan
        The rule or policy that made it.
    inputs
        The digest of the input.
    graph
        The graph of the description.
    """
    activity = NamedNode(made.value.replace("/id/graph/", "/id/activity/"))
    rule, source = NamedNode(plan.iri), NamedNode(_INPUT + inputs)
    kinds = {made: "Entity", activity: "Activity", rule: "Plan", source: "Entity"}
    for subject, kind in kinds.items():
        yield Quad(subject, _TYPE, PROV[kind], graph)
    for triple in (
        Triple(made, PROV.wasGeneratedBy, activity),
        Triple(activity, PROV.used, rule),
        Triple(activity, PROV.used, source),
        Triple(rule, _LABEL, Literal(plan.summary, language="en")),
        Triple(rule, _VERSION, Literal(plan.version)),
        Triple(rule, _IDENTIFIER, Literal(f"sha256:{plan.digest}")),
    ):
        yield Quad(triple.subject, triple.predicate, triple.object, graph)


def facts(store: Store, rules: Iterable[Rule]) -> Iterator[Triple]:
    """Stream the derived facts of rules."""
    for rule in rules:
        yield from store.statements(rule.graph)
