"""SHACL property paths: read from a shapes graph, written as SPARQL text and as triples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.errors import ShapesError
from testimonia.namespaces import PREFIXES, shorten

__all__ = ["Path", "read"]

_SH = PREFIXES["sh"]
_RDF = PREFIXES["rdf"]
FIRST, REST, NIL = (NamedNode(_RDF + name) for name in ("first", "rest", "nil"))
_INVERSE = NamedNode(_SH + "inversePath")
_ALTERNATIVE = NamedNode(_SH + "alternativePath")
_REPEATED = {
    NamedNode(_SH + "zeroOrMorePath"): "*",
    NamedNode(_SH + "oneOrMorePath"): "+",
    NamedNode(_SH + "zeroOrOnePath"): "?",
}

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Properties: TypeAlias = Mapping[Term, Mapping[NamedNode, Sequence[Term]]]


@dataclass(frozen=True)
class Path:
    """A SHACL property path (SHACL, section 2.3.1).

    Attributes
    ----------
    operator
        Empty for a single property, else ``^``, ``/``, ``|``, ``*``, ``+`` or ``?``, as in SPARQL.
    steps
        The paths it is made of; for a single property there are none.
    property
        IRI of the single property.
    """

    operator: str
    steps: tuple[Path, ...] = ()
    property: str = ""

    def __str__(self) -> str:
        if not self.operator:
            return _readable(self.property)
        # In a sequence or a choice, SPARQL binds ^ * + ? tighter than / and |.
        open_ = "^*+?" if self.operator in "/|" else ""
        inner = [str(step) if step.operator in open_ else f"({step})" for step in self.steps]
        if self.operator == "^":
            return "^" + inner[0]
        return self.operator.join(inner) if self.operator in "/|" else inner[0] + self.operator

    def properties(self) -> set[str]:
        """Collect the IRIs of all properties in the path."""
        if not self.operator:
            return {self.property}
        return {iri for step in self.steps for iri in step.properties()}

    def triples(self, fresh: Callable[[], BlankNode]) -> tuple[NamedNode | BlankNode, list[Triple]]:
        """Write the path as RDF.

        Parameters
        ----------
        fresh
            Gives a new blank node at each call.

        Returns
        -------
        node, list of Triple
            The node that stands for the path, and the triples that describe it.
        """
        if not self.operator:
            return NamedNode(self.property), []
        nodes, triples = [], []
        for step in self.steps:
            node, described = step.triples(fresh)
            nodes.append(node)
            triples += described
        if self.operator in "/|":
            head, listed = _list(nodes, fresh)
            triples += listed
            if self.operator == "/":
                return head, triples
            nodes = [head]
        predicates = {"^": _INVERSE, "|": _ALTERNATIVE} | {
            sign: predicate for predicate, sign in _REPEATED.items()
        }
        whole = fresh()
        return whole, [*triples, Triple(whole, predicates[self.operator], nodes[0])]


def read(node: Term, graph: Properties) -> Path:
    """Read the path that a node of a shapes graph stands for.

    Parameters
    ----------
    node
        The value of ``sh:path`` or ``sh:resultPath``.
    graph
        The shapes graph: values by subject and predicate.

    Raises
    ------
    ShapesError
        The node is no well-formed path.
    """
    return _read(node, graph, frozenset())


def _read(node: Term, graph: Properties, above: frozenset[Term]) -> Path:
    if isinstance(node, NamedNode) and node != NIL:
        return Path("", property=node.value)
    if node in above:
        raise ShapesError("a property path contains itself", hint="Write the path without a loop.")
    above |= {node}
    properties = graph.get(node, {})
    if FIRST in properties:
        return Path("/", tuple(_read(item, graph, above) for item in _items(node, graph)))
    for predicate, operator in {_INVERSE: "^", **_REPEATED}.items():
        if predicate in properties:
            return Path(operator, (_read(properties[predicate][0], graph, above),))
    if _ALTERNATIVE in properties:
        items = _items(properties[_ALTERNATIVE][0], graph)
        return Path("|", tuple(_read(item, graph, above) for item in items))
    raise ShapesError(
        "a property path is not well formed",
        hint="See SHACL, section 2.3.1, for the forms a path may have.",
    )


def _items(head: Term, graph: Properties) -> list[Term]:
    items: list[Term] = []
    seen: set[Term] = set()
    while head != NIL and head not in seen and FIRST in graph.get(head, {}):
        seen.add(head)
        items.append(graph[head][FIRST][0])
        head = graph[head].get(REST, [NIL])[0]
    return items


def _list(
    nodes: Sequence[NamedNode | BlankNode], fresh: Callable[[], BlankNode]
) -> tuple[NamedNode | BlankNode, list[Triple]]:
    head: NamedNode | BlankNode = NIL
    triples: list[Triple] = []
    for node in reversed(nodes):
        cell = fresh()
        triples += [Triple(cell, FIRST, node), Triple(cell, REST, head)]
        head = cell
    return head, triples


def _readable(iri: str) -> str:
    short = shorten(iri)
    return f"<{iri}>" if short == iri else short
