"""What a shapes graph says beyond what is validated: other parts of SHACL, and shapes out of reach.

Source: SHACL, sections 1.5 (entailment) and 2.1 (shapes), and SHACL Advanced Features.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from testimonia.validation.columnar.faults import Fault, Kind
from testimonia.validation.columnar.shapes_graph import IllFormed, ShapesGraph
from testimonia.validation.columnar.terms import Term
from testimonia.validation.columnar.vocabulary import FIRST, REST, SH, TYPE, sh

__all__ = ["is_typed_shape", "unsupported", "without_target"]

_ADVANCED = {
    "target": "its target (sh:target) is of SHACL Advanced Features: what only it names is not checked",
    "targetShape": "its target (sh:targetShape) is of SHACL 1.2: what only it names is not checked",
    "targetWhere": "its target (sh:targetWhere) is of SHACL 1.2: what only it names is not checked",
    "expression": "the constraint sh:expression is of SHACL Advanced Features",
    "js": "the constraint sh:js is of SHACL JavaScript Extensions",
    "entailment": "the entailment regime is not supported: only what is stated is checked",
}
_NO_CONSTRAINTS = {
    "rule": "the rule (sh:rule) is not run, and adds nothing to the data",
    "values": "the values that sh:values computes are not added to the data",
}
_FUNCTIONS = ("Function", "SPARQLFunction", "JSFunction")
_KINDS = (sh("NodeShape"), sh("PropertyShape"))
_TARGETS = ("target", "targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_LEADING = ("property", "node", "not", "qualifiedValueShape", "targetShape", "parameter")
_LEADING_LISTS = ("and", "or", "xone")
_SHAPES_ONLY = ("property", "node", "not", "and", "or", "xone", "sparql", "path")
# Terms of SHACL 1.2 that ask for nothing.
_SILENT = frozenset(["codeIdentifier", "agentInstruction", "intent", "unit"])


def is_typed_shape(graph: ShapesGraph, node: Term) -> bool:
    """Tell whether a node is said to be a shape."""
    return any(graph.is_instance(node, kind) for kind in _KINDS)


def unsupported(graph: ShapesGraph) -> Iterator[Fault]:
    """Yield what a shapes graph says in other parts of SHACL, and in terms that SHACL lacks."""
    for name, reason in _ADVANCED.items():
        for node in graph.subjects(sh(name)):
            yield Fault(node, reason, sh(name), kind=Kind.UNSUPPORTED)
    for name, reason in _NO_CONSTRAINTS.items():
        for node in graph.subjects(sh(name)):
            yield Fault(node, reason, sh(name), kind=Kind.NO_CONSTRAINT)
    for name in _FUNCTIONS:
        for node in graph.subjects(TYPE, sh(name)):
            reason = "the function is not defined for queries"
            yield Fault(node, reason, sh(name), kind=Kind.NO_CONSTRAINT)
    yield from _unknown(graph)


def _unknown(graph: ShapesGraph) -> Iterator[Fault]:
    from rdflib import SH as KNOWN
    from rdflib import URIRef

    names = sorted(str(each).removeprefix(SH) for each in dir(KNOWN))
    for predicate in graph.all_predicates():
        name = predicate.value.removeprefix(SH)
        if name == predicate.value or name in _SILENT or name in _ADVANCED:
            continue
        if URIRef(predicate.value) in KNOWN:
            continue
        near = get_close_matches(name, names, n=1, cutoff=0.75)
        meant = f"; did you mean sh:{near[0]}?" if near else ""
        for node in graph.subjects(predicate):
            reason = f"sh:{name} is no term of SHACL{meant}"
            yield Fault(node, reason, predicate, kind=Kind.UNSUPPORTED)


def without_target(graph: ShapesGraph, targeted: Iterable[Term]) -> Iterator[Term]:
    """Yield the shapes that neither a target nor another shape leads to, unless they ask nothing.

    Parameters
    ----------
    graph
        The shapes graph.
    targeted
        The shapes that have a target.
    """
    led_to = {*targeted, *_led_to(graph)}
    found = {node: None for kind in _KINDS for node in graph.instances(kind)}
    found |= {node: None for name in _SHAPES_ONLY for node in graph.subjects(sh(name))}
    for node in found:
        if node in led_to or isinstance(node, Literal) or _is_deactivated(graph, node):
            continue
        if any(graph.objects(node, sh(name)) for name in _TARGETS):
            continue
        if len(set(graph.predicates(node)) - {TYPE}):
            yield node


def _led_to(graph: ShapesGraph) -> Iterator[Term]:
    for name in _LEADING:
        for subject in graph.subjects(sh(name)):
            yield from graph.objects(subject, sh(name))
    for name in _LEADING_LISTS:
        for subject in graph.subjects(sh(name)):
            for head in graph.objects(subject, sh(name)):
                yield from _members(graph, head)
    for component in graph.instances(sh("ConstraintComponent")):
        for parameter in graph.objects(component, sh("parameter")):
            for path in graph.objects(parameter, sh("path")):
                if isinstance(path, NamedNode):
                    for subject in graph.subjects(path):
                        yield from graph.objects(subject, path)


def _members(graph: ShapesGraph, head: Term) -> Iterator[Term]:
    seen: set[Term] = set()
    while head not in seen and (rest := graph.objects(head, REST)):
        seen.add(head)
        yield from graph.objects(head, FIRST)
        head = rest[0]


def _is_deactivated(graph: ShapesGraph, node: Term) -> bool:
    try:
        return graph.boolean(node, sh("deactivated"))
    except IllFormed:
        return False
