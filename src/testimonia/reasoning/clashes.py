"""Finds the most common causes of inconsistency, without a reasoner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.namespaces import OWL, RDF, RDFS, shorten

__all__ = ["Clash", "find", "name"]

_Term = NamedNode | BlankNode | Literal | Triple


def _owl(local: str) -> NamedNode:
    return OWL[local]


_TYPE = RDF.type
_FIRST = RDF.first
_REST = RDF.rest
_SUBCLASS = RDFS.subClassOf
_SUBPROPERTY = RDFS.subPropertyOf
_DOMAIN = RDFS.domain
_RANGE = RDFS.range


@dataclass(frozen=True)
class Clash:
    """Statements that contradict each other.

    Attributes
    ----------
    about
        The thing that they are about, as a CURIE or IRI.
    reason
        Why they contradict each other, as a sentence without a full stop.
    """

    about: str
    reason: str


def find(quads: Iterable[Quad]) -> list[Clash]:
    """Find members of disjoint classes, and statements that violate characteristics of properties.

    Checks disjointness (``owl:disjointWith``, ``owl:AllDisjointClasses``) of types that are asserted,
    inherited, or inferred from a domain or range; irreflexive and asymmetric properties; functional data
    properties with several values; and things that are both the same and different. An inconsistency
    may have other causes, so an empty result proves nothing.

    Parameters
    ----------
    quads
        The ontology together with the data.

    Returns
    -------
    list of Clash
        Sorted by thing and reason.
    """
    graph = _Graph(quads)
    found = {
        *_disjoint(graph),
        *_forbidden(graph),
        *_functional(graph),
        *_same_and_different(graph),
    }
    return sorted(found, key=lambda clash: (clash.about, clash.reason))


class _Graph:
    """Statements by predicate, including those that follow from subproperties."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.pairs: dict[_Term, set[tuple[_Term, _Term]]] = defaultdict(set)
        for quad in quads:
            self.pairs[quad.predicate].add((quad.subject, quad.object))
        self._above = {
            _SUBCLASS: _index(self.pairs[_SUBCLASS]),
            _SUBPROPERTY: _index(self.pairs[_SUBPROPERTY]),
        }
        for predicate in list(self.pairs):
            for general in self.above(_SUBPROPERTY, predicate) - {predicate}:
                self.pairs[general] |= self.pairs[predicate]

    def above(self, relation: NamedNode, term: _Term) -> set[_Term]:
        """Return all ancestors by a relation, and the term itself."""
        reached, level = {term}, {term}
        while level:
            level = {up for low in level for up in self._above[relation].get(low, ())} - reached
            reached |= level
        return reached

    def typed(self, *names: str) -> set[_Term]:
        wanted = {_owl(each) for each in names}
        return {subject for subject, type_ in self.pairs[_TYPE] if type_ in wanted}

    def items(self, head: _Term) -> list[_Term]:
        first, rest = dict(self.pairs[_FIRST]), dict(self.pairs[_REST])
        found: list[_Term] = []
        seen: set[_Term] = set()
        while head in first and head not in seen:
            seen.add(head)
            found.append(first[head])
            head = rest.get(head, _owl("Nothing"))
        return found


def _disjoint(graph: _Graph) -> Iterator[Clash]:
    pairs = {frozenset(pair) for pair in graph.pairs[_owl("disjointWith")]}
    for _, head in graph.pairs[_owl("members")]:
        pairs |= {frozenset(pair) for pair in combinations(graph.items(head), 2)}
    whys: dict[_Term, dict[_Term, str]] = defaultdict(dict)
    for thing, direct, why in sorted(_types(graph), key=str):
        for class_ in graph.above(_SUBCLASS, direct):
            inherited = "" if class_ == direct else f" through {name(direct)}"
            whys[thing].setdefault(class_, f"{name(class_)} ({why}{inherited})")
    for thing, classes in whys.items():
        for pair in pairs:
            if len(pair) == 2 and pair <= classes.keys():
                both = " and ".join(sorted(classes[class_] for class_ in pair))
                yield Clash(name(thing), f"it is {both}, and these are disjoint")


def _types(graph: _Graph) -> Iterator[tuple[_Term, _Term, str]]:
    for thing, class_ in graph.pairs[_TYPE]:
        yield thing, class_, "stated"
    for property_, class_ in graph.pairs[_DOMAIN]:
        for subject, _ in graph.pairs.get(property_, ()):
            yield subject, class_, f"it has {name(property_)}"
    for property_, class_ in graph.pairs[_RANGE]:
        for _, value in graph.pairs.get(property_, ()):
            if not isinstance(value, Literal):
                yield value, class_, f"it is a value of {name(property_)}"


def _forbidden(graph: _Graph) -> Iterator[Clash]:
    for property_ in graph.typed("IrreflexiveProperty", "AsymmetricProperty"):
        for subject, value in graph.pairs.get(property_, ()):
            if subject == value:
                reason = f"it has itself as {name(property_)}, which the property forbids"
                yield Clash(name(subject), reason)
    for property_ in graph.typed("AsymmetricProperty"):
        pairs = graph.pairs.get(property_, set())
        for subject, value in pairs:
            if subject != value and (value, subject) in pairs:
                reason = f"{name(property_)} holds between it and {name(value)} both ways"
                yield Clash(name(subject), f"{reason}, which the property forbids")


def _functional(graph: _Graph) -> Iterator[Clash]:
    for property_ in graph.typed("FunctionalProperty") & graph.typed("DatatypeProperty"):
        for subject, values in _index(graph.pairs.get(property_, set())).items():
            if len(values) > 1:
                listed = ", ".join(sorted(map(str, values)))
                reason = f"it has several values of {name(property_)} ({listed}), which takes one"
                yield Clash(name(subject), reason)


def _same_and_different(graph: _Graph) -> Iterator[Clash]:
    different = graph.pairs[_owl("differentFrom")]
    for one, other in graph.pairs[_owl("sameAs")]:
        if (one, other) in different or (other, one) in different:
            yield Clash(
                name(one), f"it is stated to be both the same as and other than {name(other)}"
            )


def _index(pairs: set[tuple[_Term, _Term]]) -> dict[_Term, set[_Term]]:
    index: dict[_Term, set[_Term]] = defaultdict(set)
    for subject, value in pairs:
        index[subject].add(value)
    return index


def name(term: _Term) -> str:
    """Write a term for a message: an IRI as a CURIE, if it has a known prefix.

    Parameters
    ----------
    term
        Any RDF term.
    """
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
