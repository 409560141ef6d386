"""A shapes graph: its shapes, what they target, and the names they use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.errors import ShapesError
from testimonia.namespaces import OWL, PREFIXES, RDF, expand
from testimonia.query.sparql import Token, tokens
from testimonia.shacl import paths
from testimonia.validation.findings import Term

__all__ = ["ShapesGraph"]

_SH = PREFIXES["sh"]
_TYPE = RDF.type
_RDFS = PREFIXES["rdfs"]
_SUBCLASS = NamedNode(_RDFS + "subClassOf")
_CLASSES = {NamedNode(_RDFS + "Class"), OWL.Class}


def _sh(name: str) -> NamedNode:
    return NamedNode(_SH + name)


_SHAPE_TYPES = {_sh("NodeShape"), _sh("PropertyShape")}
_TARGETS = {
    _sh(name) for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
}
_HINTS = (NamedNode(_RDFS + "comment"), _sh("description"))
_QUERIES = {_sh("select"), _sh("ask")}
_FETCHING = {"SERVICE", "FROM"}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class ShapesGraph:
    """The triples of a shapes graph, by subject and predicate.

    Parameters
    ----------
    quads
        The shapes, as parsed.
    """

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        self.nodes: dict[Term, dict[NamedNode, list[Term]]] = defaultdict(dict)
        self._parents: dict[Term, list[Term]] = defaultdict(list)
        for quad in quads:
            self.nodes[quad.subject].setdefault(quad.predicate, []).append(quad.object)
            self._parents[quad.object].append(quad.subject)

    def shapes(self) -> list[NamedNode]:
        """List the shapes that have an IRI, sorted."""
        named = (
            node for node in self.nodes if isinstance(node, NamedNode) and self._is_shape(node)
        )
        return sorted(named, key=lambda node: node.value)

    def owner(self, node: Term) -> str:
        """Name the shape a node belongs to: itself, or the nearest above it that has an IRI."""
        seen: set[Term] = set()
        level = [node]
        while level:
            named = [term.value for term in level if isinstance(term, NamedNode)]
            if named:
                return min(named)
            seen.update(level)
            level = [up for term in level for up in self._parents.get(term, []) if up not in seen]
        return ""

    def hint(self, *nodes: Term) -> str:
        """Give the comment or description of the first of some nodes that has one, in English."""
        for node in nodes:
            for predicate in _HINTS:
                texts = self.nodes.get(node, {}).get(predicate, [])
                chosen = preferred(text for text in texts if isinstance(text, Literal))
                if chosen:
                    return chosen
        return ""

    def path(self, node: Term) -> paths.Path:
        """Read the property path that a node stands for."""
        return paths.read(node, self.nodes)

    def dead(self, data: Iterable[Quad | Triple]) -> tuple[str, ...]:
        """List the shapes whose targets (SHACL, section 2.1.3) are all absent from some data.

        Shapes without a target, and those whose target is a SPARQL query, are not judged.

        Parameters
        ----------
        data
            The data with the ontology, whose subclasses count.
        """
        present = _Present(data)
        return tuple(
            shape.value
            for shape in self.shapes()
            if self._targets(shape)
            and not any(present.has(*target) for target in self._targets(shape))
        )

    def names(self) -> Iterator[tuple[str, str]]:
        """Stream every IRI that the shapes use, with the shape that uses it.

        Prefixed names inside SPARQL constraints are included where the prefix is a known one.
        """
        for subject, properties in self.nodes.items():
            owner = self.owner(subject)
            for predicate, objects in properties.items():
                yield predicate.value, owner
                for term in objects:
                    if isinstance(term, NamedNode):
                        yield term.value, owner
                    elif isinstance(term, Literal) and predicate in _QUERIES:
                        yield from ((iri, owner) for iri in _names_in(term.value))

    def check_queries(self) -> None:
        """Refuse queries that would fetch from elsewhere: SERVICE, and FROM, which SHACL forbids."""
        for node, properties in self.nodes.items():
            texts = [text for predicate in _QUERIES for text in properties.get(predicate, [])]
            for text in texts:
                if not isinstance(text, Literal):
                    continue
                # The engine takes SERVICE:x for SERVICE and :x.
                words = {
                    token.text.partition(":")[0].upper()
                    for token in _tokens(text.value)
                    if token.kind in ("word", "name")
                }
                for word in sorted(words & _FETCHING):
                    raise ShapesError(
                        f"a query in the shape {self.owner(node)} says {word}: nothing is fetched",
                        hint="Write the constraint over the data graph alone.",
                    )

    def check_lists(self) -> None:
        """Refuse lists that loop, which an engine would follow for ever, or that break off."""
        first, rest = paths.FIRST, paths.REST
        for node in [node for node, properties in self.nodes.items() if first in properties]:
            seen: set[Term] = set()
            while node != paths.NIL:
                follow = self.nodes.get(node, {}).get(rest, [])
                if node in seen or len(follow) != 1:
                    raise ShapesError(
                        f"a list in the shape {self.owner(node)} loops or breaks off",
                        hint="Write lists in parentheses: ( a b c ).",
                    )
                seen.add(node)
                node = follow[0]

    def _is_shape(self, node: Term) -> bool:
        properties = self.nodes[node]
        return bool(_SHAPE_TYPES.intersection(properties.get(_TYPE, []))) or bool(
            _TARGETS.intersection(properties)
        )

    def _targets(self, shape: NamedNode) -> list[tuple[NamedNode, Term]]:
        properties = self.nodes[shape]
        if _sh("target") in properties or _sh("deactivated") in properties:
            return []
        targets = [
            (kind, node) for kind in sorted(_TARGETS, key=str) for node in properties.get(kind, [])
        ]
        if _CLASSES.intersection(properties.get(_TYPE, [])):
            targets.append((_sh("targetClass"), shape))
        return targets


class _Present:
    """What some data hold, as far as targets ask."""

    def __init__(self, data: Iterable[Quad | Triple]) -> None:
        self.nodes: set[Term] = set()
        self.predicates: set[Term] = set()
        self.classes: set[Term] = set()
        broader: dict[Term, set[Term]] = defaultdict(set)
        for quad in data:
            self.nodes.update((quad.subject, quad.object))
            self.predicates.add(quad.predicate)
            if quad.predicate == _TYPE:
                self.classes.add(quad.object)
            elif quad.predicate == _SUBCLASS:
                broader[quad.subject].add(quad.object)
        level = set(self.classes)
        while level:
            level = {up for term in level for up in broader.get(term, ())} - self.classes
            self.classes |= level

    def has(self, kind: NamedNode, target: Term) -> bool:
        if kind == _sh("targetClass"):
            return target in self.classes
        if kind == _sh("targetNode"):
            return target in self.nodes
        return target in self.predicates


def preferred(literals: Iterable[Literal]) -> str:
    """Choose the English or untagged text among several, or whichever comes first in order."""
    ranked = sorted(
        literals, key=lambda text: (not (text.language or "en").startswith("en"), text.value)
    )
    return ranked[0].value if ranked else ""


def _tokens(query: str) -> Iterator[Token]:
    """Read the tokens of a query as an engine does: numeric escapes are resolved beforehand."""
    # SPARQL 1.1 Query, section 19.2: the escapes may stand anywhere, in keywords too.
    return tokens(_ESCAPE.sub(lambda escape: _character(int(escape[1] or escape[2], 16)), query))


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else "\N{REPLACEMENT CHARACTER}"


def _names_in(query: str) -> set[str]:
    expanded = (expand(token.text) for token in _tokens(query) if token.kind == "name")
    return {iri for iri in expanded if iri and iri not in PREFIXES.values()}
