"""Finds what is not SHACL Core or SHACL-SPARQL in a shapes graph, and misspelt terms of SHACL.

Source: SHACL, section 1.5 (entailment), SHACL Advanced Features, SHACL JavaScript Extensions.
"""

from __future__ import annotations

from collections.abc import Iterator

from testimonia.shacl.faults import Fault, Kind
from testimonia.shacl.names import SH, TYPE, sh
from testimonia.shacl.shapes_graph import ShapesGraph
from testimonia.suggestions import nearest

__all__ = ["unsupported"]

_ADVANCED = {
    "target": "its target (sh:target) is of SHACL Advanced Features: nodes that only it selects are not checked",
    "targetShape": "its target (sh:targetShape) is of SHACL 1.2: nodes that only it selects are not checked",
    "targetWhere": "its target (sh:targetWhere) is of SHACL 1.2: nodes that only it selects are not checked",
    "expression": "the constraint sh:expression is of SHACL Advanced Features",
    "js": "the constraint sh:js is of SHACL JavaScript Extensions",
    "entailment": "the entailment regime is not supported: only asserted triples are checked",
}
_NO_CONSTRAINTS = {
    "rule": "the rule (sh:rule) is not run and adds nothing to the data",
    "values": "the values that sh:values computes are not added to the data",
}
_FUNCTIONS = ("Function", "SPARQLFunction", "JSFunction")
# Terms of SHACL 1.2 that are not constraints.
_ANNOTATIONS = frozenset(["codeIdentifier", "agentInstruction", "intent", "unit"])


def unsupported(graph: ShapesGraph) -> Iterator[Fault]:
    """Yield a fault for each use of another part of SHACL, and of a term that SHACL does not have."""
    for name, reason in _ADVANCED.items():
        for node in graph.subjects(sh(name)):
            yield Fault(node, reason, sh(name), kind=Kind.UNSUPPORTED)
    for name, reason in _NO_CONSTRAINTS.items():
        for node in graph.subjects(sh(name)):
            yield Fault(node, reason, sh(name), kind=Kind.SKIPPED)
    for name in _FUNCTIONS:
        for node in graph.subjects(TYPE, sh(name)):
            reason = "the function is not available in queries"
            yield Fault(node, reason, sh(name), kind=Kind.SKIPPED)
    yield from _unknown(graph)


def _unknown(graph: ShapesGraph) -> Iterator[Fault]:
    from rdflib import SH as KNOWN
    from rdflib import URIRef

    names = sorted(str(each).removeprefix(SH) for each in dir(KNOWN))
    for predicate in graph.all_predicates():
        name = predicate.value.removeprefix(SH)
        if (
            name == predicate.value
            or name in _ANNOTATIONS | _ADVANCED.keys() | _NO_CONSTRAINTS.keys()
        ):
            continue
        if URIRef(predicate.value) in KNOWN:
            continue
        near = nearest(name, names, most=1, similarity=0.75)
        meant = f"; did you mean sh:{near[0]}?" if near else ""
        for node in graph.subjects(predicate):
            reason = f"sh:{name} is not a term of SHACL{meant}"
            yield Fault(node, reason, predicate, kind=Kind.UNSUPPORTED)
