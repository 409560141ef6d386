"""Tells which shape becomes what: the joins and tests that a validation will run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pyoxigraph import NamedNode

from testimonia.namespaces import shorten
from testimonia.shacl.data.dictionary import Term, text_of
from testimonia.shacl.data.inputs import Source, triples
from testimonia.shacl.model import (
    AskValidator,
    Bound,
    ClassOf,
    Closed,
    Combination,
    Constraint,
    CustomConstraint,
    DatatypeOf,
    HasValue,
    In,
    LanguageIn,
    Length,
    MaxCount,
    MinCount,
    NodeKind,
    Pair,
    Pattern,
    Qualified,
    SelectQuery,
    Shape,
    ShapeReference,
    SparqlConstraint,
    Targets,
    UniqueLang,
    Unreadable,
    nested,
)
from testimonia.shacl.shapes.parsing import read_shapes
from testimonia.shacl.shapes_graph import DEEPEST, ShapesGraph
from testimonia.shacl.validating import needed_predicates

__all__ = ["explain"]


def explain(shapes: Source) -> str:
    """Describe the plan that shapes become, line by line.

    Parameters
    ----------
    shapes
        A shapes graph, as `run` takes it.

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
    read = read_shapes(ShapesGraph(triples(shapes)))
    lines = [_reading(read.shapes)]
    for shape in read:
        lines.append(_name(shape.node))
        lines += _indented([f"focus nodes: {_focus(shape.targets)}", *_body(shape, (shape,))])
    lines += [f"left out: {fault}" for fault in read.faults]
    lines += [f"without a target: {_name(node)}" for node in read.without_target]
    return "\n".join(lines) + "\n"


def _reading(shapes: tuple[Shape, ...]) -> str:
    needed = needed_predicates(shapes)
    if needed is None:
        return "read the triples of every predicate: a closed shape or a query may look at any"
    names = ", ".join(sorted(_name(each) for each in needed))
    return f"read the triples of {len(needed)} predicates: {names}"


def _focus(targets: Targets) -> str:
    parts = [
        *(f"instances of {_name(each)} and its subclasses" for each in targets.classes),
        *(f"subjects of {_name(each)}" for each in targets.subjects_of),
        *(f"objects of {_name(each)}" for each in targets.objects_of),
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
        name = constraint.component.value.rpartition("#")[2].removesuffix("ConstraintComponent")
        if name == "Property" and isinstance(constraint, ShapeReference):
            yield f"property shape{_named(constraint.shape)}"
            yield from _indented(_nested(constraint.shape, above))
            continue
        yield f"{name}: {_STEPS[type(constraint)](constraint)}"
        for inner in nested(constraint):
            yield from _indented([f"shape{_named(inner)}", *_indented(_nested(inner, above))])


def _nested(shape: Shape, above: tuple[Shape, ...]) -> Iterator[str]:
    if shape in above:
        yield "as above, until no more nodes fail"
    elif len(above) > DEEPEST:
        yield "nested too deep: left out"
    else:
        yield from _body(shape, (*above, shape))


def _indented(lines: Any) -> Iterator[str]:
    for line in lines:
        yield "  " + line


def _named(shape: Shape) -> str:
    """Name a shape that has a name: those of blank nodes change from run to run."""
    return f" {_name(shape.node)}" if isinstance(shape.node, NamedNode) else ""


def _name(term: Term) -> str:
    return shorten(term.value) if isinstance(term, NamedNode) else text_of(term)


def _once(what: str) -> str:
    return f"test each different value once: {what}"


def _query(query: SelectQuery | AskValidator) -> str:
    if isinstance(query, AskValidator):
        asked = "asked of each different value"
    else:
        asked = "asked of all focus nodes at once" if query.at_once else "asked of each focus node"
    if query.predicates is None:
        return f"SPARQL, {asked}, over all triples"
    return f"SPARQL, {asked}, over the triples of {len(query.predicates)} predicates"


def _bound(constraint: Bound) -> str:
    side = "more than" if constraint.lower else "less than"
    return _once(f"{side}{' or equal to' if constraint.sign == '<=' else ''} {constraint.limit}")


def _length(constraint: Length) -> str:
    return _once(f"at {'least' if constraint.lower else 'most'} {constraint.length} characters")


_STEPS: dict[type[Constraint], Callable[[Any], str]] = {
    ClassOf: lambda c: f"anti-join values with the instances of {_name(c.cls)}",
    DatatypeOf: lambda c: _once(f"well-formed literal of {_name(c.datatype)}"),
    NodeKind: lambda c: _once(_name(c.kind)),
    MinCount: lambda c: f"count values by focus node; keep fewer than {c.count}",
    MaxCount: lambda c: f"count values by focus node; keep more than {c.count}",
    Bound: _bound,
    Length: _length,
    Pattern: lambda c: _once(f"matches {c.pattern!r}"),
    LanguageIn: lambda c: _once(f"language among {', '.join(c.ranges)}"),
    UniqueLang: lambda _: "count values by focus node and language; keep more than one",
    Pair: lambda c: f"join values with those of {_name(c.predicate)} by focus node, and compare",
    ShapeReference: lambda _: "validate each different value once against",
    Combination: lambda _: "validate each different value once against each; count failures",
    Qualified: lambda c: (
        f"validate each different value once; count by focus node against {c.count}"
    ),
    Closed: lambda c: f"join values with all triples; anti-join {len(c.allowed)} predicates",
    HasValue: lambda c: f"anti-join focus nodes with those that have {_name(c.value)}",
    In: lambda c: f"anti-join values with {len(c.members)} members",
    SparqlConstraint: lambda c: _query(c.query),
    CustomConstraint: lambda c: _query(c.query),
    Unreadable: lambda _: "left out",
}
