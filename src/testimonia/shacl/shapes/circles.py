"""Shapes that refer to themselves: which circles have one meaning, and what is cut from the others.

SHACL, section 3.4.3, leaves validation with recursive shapes undefined. Where no circle passes
through a negation, there is a smallest set of nodes that fail: those for which a fault can be shown
in finitely many steps. That set is what the engine finds. A circle through a negation has no such
set, and a property shape nested in itself would report results without end: there, the constraint
that closes the circle is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from testimonia.shacl.components.shape_based import PropertyShape
from testimonia.shacl.faults import Fault, Kind
from testimonia.shacl.model import Constraint, Shape, Unreadable

__all__ = ["all_shapes", "break_circles"]


def all_shapes(shapes: Iterable[Shape]) -> list[Shape]:
    """Return shapes and all that they refer to, each once."""
    pending = list(reversed(list(shapes)))
    seen: dict[Shape, None] = {}
    while pending:
        shape = pending.pop()
        if shape not in seen:
            seen[shape] = None
            pending += [inner for each in shape.constraints for inner in each.nested()]
    return list(seen)


def break_circles(shapes: Iterable[Shape]) -> list[Fault]:
    """Give the circles of shapes their numbers, and cut those that have no one meaning.

    Parameters
    ----------
    shapes
        Shapes that have been read whole. Constraints are replaced in them, and their attribute
        ``circle`` is set.

    Returns
    -------
    list of Fault
        One for each constraint that was left out.
    """
    every = all_shapes(shapes)
    faults: list[Fault] = []
    for circle in _circles(every, _is_property):
        faults += _cut(circle, lambda constraint, _: _is_property(constraint), _NESTED)
    for circle in _circles(every, _is_any):
        faults += _cut(circle, lambda constraint, inner: inner in constraint.negated(), _NEGATED)
    for number, circle in enumerate(_circles(every, _is_any)):
        for shape in circle:
            shape.circle = number
    return faults


_NESTED = "it is a property shape of itself: its results would have no end"
_NEGATED = "it refers to itself through a negation, which SHACL leaves undefined"


def _is_property(constraint: Constraint) -> bool:
    return isinstance(constraint, PropertyShape)


def _is_any(_: Constraint) -> bool:
    return True


def _cut(
    circle: set[Shape], closes: Callable[[Constraint, Shape], bool], reason: str
) -> Iterator[Fault]:
    """Leave out the constraints of a circle that close it."""
    for shape in circle:
        kept: list[Constraint] = []
        for constraint in shape.constraints:
            if any(inner in circle and closes(constraint, inner) for inner in constraint.nested()):
                fault = Fault(shape.node, reason, constraint.component, kind=Kind.UNSUPPORTED)
                yield fault
                kept.append(Unreadable(constraint.component, fault))
            else:
                kept.append(constraint)
        shape.constraints = tuple(kept)


def _circles(shapes: list[Shape], follows: Callable[[Constraint], bool]) -> list[set[Shape]]:
    """Return the groups of shapes that lead to each other (strongly connected components)."""
    links = {
        shape: [inner for each in shape.constraints if follows(each) for inner in each.nested()]
        for shape in shapes
    }
    back: dict[Shape, list[Shape]] = {shape: [] for shape in shapes}
    for shape, leads_to in links.items():
        for inner in leads_to:
            back[inner].append(shape)
    left = set(shapes)
    found = []
    for root in reversed(_finished(shapes, links)):  # Kosaraju's algorithm
        if root in left:
            circle = _reached(root, back, left)
            left -= circle
            if len(circle) > 1 or root in links[root]:
                found.append(circle)
    return found


def _finished(shapes: list[Shape], links: dict[Shape, list[Shape]]) -> list[Shape]:
    """Return shapes in the order in which a search in depth leaves them."""
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
