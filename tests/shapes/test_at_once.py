"""Our queries run for all focus nodes at once: node by node, a large table would take minutes."""

from __future__ import annotations

from testimonia.catalogue import resources
from testimonia.rdf import files
from testimonia.shacl.model import SparqlConstraint
from testimonia.shacl.shapes.parsing import parse_shapes
from testimonia.shacl.shapes_graph import ShapesGraph

ONE_BY_ONE = {"Claim-corrects-event"}
"""Its sub-select runs for each correction; these are few."""


def test_queries_run_for_all_nodes_at_once() -> None:
    shipped = sorted(resources.folder("shapes").glob("*.ttl"))
    read = parse_shapes(ShapesGraph(quad.triple for quad in files.read(shipped)))
    queries = {
        str(shape.node.value).rpartition("#")[2]: constraint.query
        for shape in read
        for constraint in shape.constraints
        if isinstance(constraint, SparqlConstraint)
    }
    assert len(queries) > 50
    assert {name for name, query in queries.items() if not query.at_once} == ONE_BY_ONE
