"""Writes anonymous class expressions as text, in the Manchester syntax of OWL 2.

Follows the W3C Working Group Note "OWL 2 Web Ontology Language Manchester Syntax" (2012), section
2.3, for what the ontology uses: boolean connectives, enumerations, and restrictions of a property
to some, only or one value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES, shorten

__all__ = ["without_blank_nodes"]

_OWL: Final = PREFIXES["owl"]
_RDF: Final = PREFIXES["rdf"]
_BOOLEANS: Final = {"intersectionOf": " and ", "unionOf": " or "}
_RESTRICTIONS: Final = {"someValuesFrom": "some", "allValuesFrom": "only", "hasValue": "value"}

_Node = NamedNode | BlankNode | Literal | Triple


def without_blank_nodes(quads: Iterable[Quad]) -> list[Triple]:
    """Return the statements about named things, with class expressions as text instead of blank nodes.

    Parameters
    ----------
    quads
        An ontology.

    Returns
    -------
    list of Triple
        Sorted. Statements whose object is another kind of blank node, such as a property chain, are
        left out.

    Raises
    ------
    InputError
        A class expression is of an unsupported kind.
    """
    triples = [quad.triple for quad in quads]
    nodes: dict[_Node, dict[str, list[_Node]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            nodes[triple.subject][triple.predicate.value].append(triple.object)
    return sorted(_named(triples, _Expressions(nodes)), key=str)


def _named(triples: list[Triple], expressions: _Expressions) -> Iterator[Triple]:
    for triple in triples:
        if isinstance(triple.subject, NamedNode):
            if not isinstance(triple.object, BlankNode):
                yield triple
            elif expressions.is_class(triple.object):
                text = Literal(expressions.text(triple.object))
                yield Triple(triple.subject, triple.predicate, text)


class _Expressions:
    def __init__(self, nodes: dict[_Node, dict[str, list[_Node]]]) -> None:
        self._nodes = nodes

    def is_class(self, node: _Node) -> bool:
        kinds = self._nodes[node][_RDF + "type"]
        return NamedNode(_OWL + "Class") in kinds or NamedNode(_OWL + "Restriction") in kinds

    def text(self, node: _Node, *, within: bool = False) -> str:
        if not isinstance(node, BlankNode):
            return shorten(node.value) if isinstance(node, NamedNode) else str(node)
        stated = self._nodes[node]
        for name, word in _BOOLEANS.items():
            if members := stated[_OWL + name]:
                parts = [self.text(each, within=True) for each in self._members(members[0])]
                return _bracketed(word.join(parts), within)
        for name, word in _RESTRICTIONS.items():
            if values := stated[_OWL + name]:
                on = self.text(stated[_OWL + "onProperty"][0])
                return _bracketed(f"{on} {word} {self.text(values[0], within=True)}", within)
        if members := stated[_OWL + "oneOf"]:
            return "{" + ", ".join(map(self.text, self._members(members[0]))) + "}"
        raise InputError(
            "the ontology holds a class expression that its documentation cannot show",
            hint="Use intersectionOf, unionOf, oneOf, someValuesFrom, allValuesFrom or hasValue.",
        )

    def _members(self, node: _Node) -> Iterator[_Node]:
        while node != NamedNode(_RDF + "nil"):
            yield self._nodes[node][_RDF + "first"][0]
            node = self._nodes[node][_RDF + "rest"][0]


def _bracketed(text: str, needed: bool) -> str:
    return f"({text})" if needed else text
