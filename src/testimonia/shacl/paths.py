"""SHACL property paths: a `Path`, and how it is written as SPARQL and as RDF.

`testimonia.shacl.shapes_graph.ShapesGraph.path` parses paths; `testimonia.shacl.path_evaluation`
evaluates them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from testimonia.namespaces import shorten
from testimonia.shacl.names import FIRST, NIL, REST, sh

__all__ = ["PREDICATES", "Path"]

PREDICATES: Final = {
    "|": sh("alternativePath"),
    "^": sh("inversePath"),
    "*": sh("zeroOrMorePath"),
    "+": sh("oneOrMorePath"),
    "?": sh("zeroOrOnePath"),
}
"""The predicate for each path operator; a sequence (``/``) is an RDF list and has none."""


@dataclass(frozen=True)
class Path:
    """A SHACL property path (SHACL, section 2.3.1).

    Attributes
    ----------
    operator
        Empty for a predicate path, otherwise ``^``, ``/``, ``|``, ``*``, ``+`` or ``?``, as in SPARQL.
    steps
        The paths that the operator applies to; none for a predicate path.
    property
        IRI of the predicate of a predicate path.
    """

    operator: str
    steps: tuple[Path, ...] = ()
    property: str = ""

    @classmethod
    def of(cls, predicate: NamedNode) -> Path:
        """Return the path that consists of one predicate."""
        return cls("", property=predicate.value)

    def __str__(self) -> str:
        """Write the path as in SPARQL, with IRIs shortened and as few parentheses as possible."""
        # In a sequence or an alternative, SPARQL binds ^ * + ? tighter than / and |.
        return self._written(_readable, tighter="^*+?")

    def sparql(self) -> str:
        """Write the path in SPARQL 1.1 syntax: IRIs in full, every compound step in parentheses."""
        return self._written(lambda iri: str(NamedNode(iri)), tighter="")

    def _written(self, name: Callable[[str], str], *, tighter: str) -> str:
        """Write the path; ``tighter`` are the operators left without parentheses in ``/`` and ``|``."""
        if not self.operator:
            return name(self.property)
        joining = self.operator in ("/", "|")
        bare = ("", *tighter) if joining else ("",)
        steps = [
            written if step.operator in bare else f"({written})"
            for step in self.steps
            for written in (step._written(name, tighter=tighter),)
        ]
        if joining:
            return self.operator.join(steps)
        return "^" + steps[0] if self.operator == "^" else steps[0] + self.operator

    def predicates(self) -> list[NamedNode]:
        """Return the predicates in the path, each once, sorted by IRI."""
        return [NamedNode(iri) for iri in sorted(self._iris())]

    def _iris(self) -> set[str]:
        if not self.operator:
            return {self.property}
        return {iri for step in self.steps for iri in step._iris()}

    def triples(self, fresh: Callable[[], BlankNode]) -> tuple[NamedNode | BlankNode, list[Triple]]:
        """Write the path as RDF.

        Parameters
        ----------
        fresh
            Returns a new blank node each time it is called.

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
        whole = fresh()
        return whole, [*triples, Triple(whole, PREDICATES[self.operator], nodes[0])]


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
