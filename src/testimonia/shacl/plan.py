"""The plan of a validation: the joins and tests that each shape leads to, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from testimonia.shacl.components.component import name
from testimonia.shacl.components.shape_based import PropertyShape
from testimonia.shacl.data.inputs import Source, triples
from testimonia.shacl.model import Shape, Targets
from testimonia.shacl.names import component_name
from testimonia.shacl.shapes.parsing import parse_shapes
from testimonia.shacl.shapes_graph import MAX_DEPTH, ShapesGraph
from testimonia.shacl.validator import needed_predicates

__all__ = ["explain"]


def explain(shapes: Source) -> str:
    """Return the plan for validating against some shapes, one step per line.

    Parameters
    ----------
    shapes
        A shapes graph, in any form that `run` takes.

    Examples
    --------
    >>> from pyoxigraph import RdfFormat, parse
    >>> print(explain(parse(b'''
    ... @prefix sh: <http://www.w3.org/ns/shacl#> .
    ... <urn:x:Named> sh:targetClass <urn:x:Person> ; sh:property <urn:x:Name> .
    ... <urn:x:Name> sh:path <urn:x:name> ; sh:minCount 1 ; sh:minLength 2 .
    ... ''', RdfFormat.TURTLE)), end="")
    read the triples of 3 predicates: rdf:type, rdfs:subClassOf, urn:x:name
    urn:x:Named
      focus nodes: instances of urn:x:Person and its subclasses
      property shape urn:x:Name
        value nodes: <urn:x:name>
        MinCount: count values by focus node; keep fewer than 1
        MinLength: test each different value once: at least 2 characters
    """
    parsed = parse_shapes(ShapesGraph(triples(shapes)))
    lines = [_reading(parsed.shapes)]
    for shape in parsed:
        lines.append(name(shape.node))
        lines += _indented([f"focus nodes: {_focus(shape.targets)}", *_body(shape, (shape,))])
    lines += [f"left out: {fault}" for fault in parsed.faults]
    lines += [f"without a target: {name(node)}" for node in parsed.without_target]
    return "\n".join(lines) + "\n"


def _reading(shapes: tuple[Shape, ...]) -> str:
    needed = needed_predicates(shapes)
    if needed is None:
        return "read the triples of every predicate: a closed shape or a query may look at any"
    names = ", ".join(sorted(name(each) for each in needed))
    return f"read the triples of {len(needed)} predicates: {names}"


def _focus(targets: Targets) -> str:
    parts = [
        *(f"instances of {name(each)} and its subclasses" for each in targets.classes),
        *(f"subjects of {name(each)}" for each in targets.subjects_of),
        *(f"objects of {name(each)}" for each in targets.objects_of),
    ]
    if targets.nodes:
        parts.append(f"{len(targets.nodes)} given nodes")
    return "; ".join(parts)


def _body(shape: Shape, above: tuple[Shape, ...]) -> Iterator[str]:
    if shape.deactivated:
        yield "deactivated: nothing to do"
        return
    if shape.path is not None:
        yield f"value nodes: {shape.path}"
    for constraint in shape.constraints:
        if isinstance(constraint, PropertyShape):
            yield f"{constraint.plan_step()}{_named(constraint.shape)}"
            yield from _indented(_nested(constraint.shape, above))
            continue
        yield f"{component_name(constraint.component.value)}: {constraint.plan_step()}"
        for inner in constraint.nested():
            yield from _indented([f"shape{_named(inner)}", *_indented(_nested(inner, above))])


def _nested(shape: Shape, above: tuple[Shape, ...]) -> Iterator[str]:
    if shape in above:
        yield "as above, until no more nodes fail"
    elif len(above) > MAX_DEPTH:
        yield "nested too deep: left out"
    else:
        yield from _body(shape, (*above, shape))


def _indented(lines: Any) -> Iterator[str]:
    for line in lines:
        yield "  " + line


def _named(shape: Shape) -> str:
    """Return the name of a shape that has an IRI: blank node labels vary between runs."""
    return f" {name(shape.node)}" if isinstance(shape.node, NamedNode) else ""
