"""Recursive shapes: which cycles have a well-defined meaning, and what is left out of the others.

SHACL, section 3.4.3, leaves validation with recursive shapes undefined. Where no cycle contains a
negation, there is a least set of nodes that fail: those whose violation can be shown in finitely
many steps. The engine finds that set. A cycle through a negation has no such set, and a property
shape nested in itself would have infinitely many results; in both cases, the constraint that closes
the cycle is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from testimonia.shacl.components.shape_based import PropertyShape
from testimonia.shacl.faults import Fault, Kind
from testimonia.shacl.model import Constraint, Shape, Unreadable

__all__ = ["all_shapes", "break_cycles"]


def all_shapes(shapes: Iterable[Shape]) -> list[Shape]:
    """Return shapes and all shapes they refer to, without duplicates."""
    pending = list(reversed(list(shapes)))
    seen: dict[Shape, None] = {}
    while pending:
        shape = pending.pop()
        if shape not in seen:
            seen[shape] = None
            pending += [inner for each in shape.constraints for inner in each.nested()]
    return list(seen)


def break_cycles(shapes: Iterable[Shape]) -> list[Fault]:
    """Assign numbers to the cycles of shapes, and break those without a well-defined meaning.

    Parameters
    ----------
    shapes
        Shapes with all their constraints. Constraints may be replaced, and ``cycle`` is set.

    Returns
    -------
    list of Fault
        One for each constraint left out.
    """
    every = all_shapes(shapes)
    faults: list[Fault] = []
    for cycle in _cycles(every, _is_property):
        faults += _cut(cycle, lambda constraint, _: _is_property(constraint), _NESTED)
    for cycle in _cycles(every, _is_any):
        faults += _cut(cycle, lambda constraint, inner: inner in constraint.negated(), _NEGATED)
    for number, cycle in enumerate(_cycles(every, _is_any)):
        for shape in cycle:
            shape.cycle = number
    return faults


_NESTED = "it is a property shape of itself, so it would have infinitely many results"
_NEGATED = "it refers to itself through a negation, which SHACL leaves undefined"


def _is_property(constraint: Constraint) -> bool:
    return isinstance(constraint, PropertyShape)


def _is_any(_: Constraint) -> bool:
    return True


def _cut(
    cycle: set[Shape], closes: Callable[[Constraint, Shape], bool], reason: str
) -> Iterator[Fault]:
    """Leave out the constraints that close a cycle."""
    for shape in cycle:
        kept: list[Constraint] = []
        for constraint in shape.constraints:
            if any(inner in cycle and closes(constraint, inner) for inner in constraint.nested()):
                fault = Fault(shape.node, reason, constraint.component, kind=Kind.UNSUPPORTED)
                yield fault
                kept.append(Unreadable(constraint.component, fault))
            else:
                kept.append(constraint)
        shape.constraints = tuple(kept)


def _cycles(shapes: list[Shape], follows: Callable[[Constraint], bool]) -> list[set[Shape]]:
    """Return the sets of shapes that refer to each other (strongly connected components)."""
    links = {
        shape: [inner for each in shape.constraints if follows(each) for inner in each.nested()]
        for shape in shapes
    }
    referrers: dict[Shape, list[Shape]] = {shape: [] for shape in shapes}
    for shape, inner_shapes in links.items():
        for inner in inner_shapes:
            referrers[inner].append(shape)
    left = set(shapes)
    found = []
    for root in reversed(_finished(shapes, links)):  # Kosaraju's algorithm
        if root in left:
            cycle = _reached(root, referrers, left)
            left -= cycle
            if len(cycle) > 1 or root in links[root]:
                found.append(cycle)
    return found


def _finished(shapes: list[Shape], links: dict[Shape, list[Shape]]) -> list[Shape]:
    """Return shapes in the order in which a depth-first search leaves them."""
    left = set(shapes)
    order: list[Shape] = []
    for root in shapes:
        if root not in left:
            continue
        left.discard(root)
        stack = [(root, iter(links[root]))]
        while stack:
            shape, following = stack[-1]
            inner = next((each for each in following if each in left), None)
            if inner is None:
                order.append(shape)
                stack.pop()
            else:
                left.discard(inner)
                stack.append((inner, iter(links[inner])))
    return order


def _reached(root: Shape, links: dict[Shape, list[Shape]], within: set[Shape]) -> set[Shape]:
    seen, pending = {root}, [root]
    while pending:
        for inner in links[pending.pop()]:
            if inner in within and inner not in seen:
                seen.add(inner)
                pending.append(inner)
    return seen
