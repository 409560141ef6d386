"""The names of the graphs in a store that hold no data of their own: vocabulary, and what is computed."""

from __future__ import annotations

from typing import Final, TypeGuard

from pyoxigraph import NamedNode

__all__ = [
    "ACCEPTED",
    "CODES_GRAPH",
    "DERIVED",
    "DESCRIPTION",
    "ONTOLOGY_GRAPH",
    "describes_store",
    "is_computed",
    "is_under",
]

ONTOLOGY_GRAPH: Final = NamedNode("https://w3id.org/testimonia/ontology")
CODES_GRAPH: Final = NamedNode("https://w3id.org/testimonia/code/")
DERIVED: Final = NamedNode("https://w3id.org/testimonia/id/graph/derived")
"""Records how derived graphs were made; their names begin with its name and a slash."""
ACCEPTED: Final = NamedNode("https://w3id.org/testimonia/id/graph/accepted")
"""The same for the graphs of assessments that policies make."""
DESCRIPTION: Final = NamedNode("https://w3id.org/testimonia/id/graph/description")
"""What a served store says of itself: prefixes, example queries, and counts of what it holds."""


def is_under(graph: object, root: NamedNode) -> TypeGuard[NamedNode]:
    """Check whether a graph is a given one, or its name begins with that one's and a slash.

    Parameters
    ----------
    graph
        The name of a graph; the default graph and blank nodes are never under another.
    root
        The name of the given one.
    """
    return isinstance(graph, NamedNode) and f"{graph.value}/".startswith(f"{root.value}/")


def is_computed(graph: object) -> TypeGuard[NamedNode]:
    """Check whether a graph holds what rules derived, policies accepted, or a served store says of itself.

    Parameters
    ----------
    graph
        The name of a graph.
    """
    return any(is_under(graph, root) for root in (DERIVED, ACCEPTED, DESCRIPTION))


def describes_store(subject: object) -> bool:
    """Check whether statements about a subject are what a served store says of itself.

    Parameters
    ----------
    subject
        The subject of a statement.
    """
    return isinstance(subject, NamedNode) and subject.value.startswith(f"{DESCRIPTION.value}#")
