"""A shapes graph as an index of triples, with the look-ups that reading shapes needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import FIRST, NIL, REST, SUBCLASS, TYPE, sh, xsd
from testimonia.shacl.paths import Path
from testimonia.suggestions import nearest

__all__ = ["DEEPEST", "IllFormed", "ShapesGraph"]


class IllFormed(Exception):
    """A node of the shapes graph does not follow the syntax rules of SHACL."""

    def __init__(self, node: Term, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


DEEPEST = 64
"""How deep a property path may be nested, and a shape in shapes."""

_OF_ONE = {
    sh("inversePath"): "^",
    sh("zeroOrMorePath"): "*",
    sh("oneOrMorePath"): "+",
    sh("zeroOrOnePath"): "?",
}


_OPERATORS = (*_OF_ONE, sh("alternativePath"))


class ShapesGraph:
    """The triples of a shapes graph by subject and predicate, and by predicate and object."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self._objects: dict[Term, dict[NamedNode, list[Term]]] = {}
        self._subjects: dict[NamedNode, dict[Term, list[Term]]] = {}
        for triple in self.triples:
            by_predicate = self._objects.setdefault(triple.subject, {})
            by_predicate.setdefault(triple.predicate, []).append(triple.object)
            by_object = self._subjects.setdefault(triple.predicate, {})
            by_object.setdefault(triple.object, []).append(triple.subject)

    def owner(self, node: Term) -> NamedNode | None:
        """Return a node itself if it has an IRI, or else the nearest above it that has one."""
        seen: set[Term] = set()
        level = [node]
        while level:
            named = [each for each in level if isinstance(each, NamedNode)]
            if named:
                return min(named, key=str)
            seen.update(level)
            level = [up for each in level for up in self._above.get(each, ()) if up not in seen]
        return None

    @cached_property
    def _above(self) -> dict[Term, list[Term]]:
        above: dict[Term, list[Term]] = {}
        for triple in self.triples:
            above.setdefault(triple.object, []).append(triple.subject)
        return above

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the objects of a subject and a predicate."""
        return self._objects.get(subject, {}).get(predicate, [])

    def subjects(self, predicate: NamedNode, value: Term | None = None) -> list[Term]:
        """Return the subjects of a predicate, with one object or with any."""
        by_object = self._subjects.get(predicate, {})
        if value is not None:
            return by_object.get(value, [])
        return list(
            dict.fromkeys(subject for subjects in by_object.values() for subject in subjects)
        )

    def predicates(self, subject: Term) -> list[NamedNode]:
        """Return the predicates of a subject."""
        return list(self._objects.get(subject, {}))

    def all_predicates(self) -> list[NamedNode]:
        """Return every predicate of the graph."""
        return list(self._subjects)

    def single(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the one object of a subject and a predicate, or None.

        Raises
        ------
        IllFormed
            If there are several.
        """
        found = self.objects(subject, predicate)
        if len(found) > 1:
            raise IllFormed(subject, f"it has {len(found)} values of {predicate}, and may have one")
        return found[0] if found else None

    def boolean(self, subject: Term, predicate: NamedNode) -> bool:
        """Tell whether the one boolean of a subject and a predicate is ``true``.

        It is the term that counts, not its value: the W3C case uniqueLang-002 expects that
        ``"1"^^xsd:boolean`` does not switch a constraint on.
        """
        value = self.single(subject, predicate)
        if value is None:
            return False
        if not isinstance(value, Literal) or value.datatype != xsd("boolean"):
            raise IllFormed(subject, f"{predicate} must be true or false, not {value}")
        return value.value == "true"

    def string(self, subject: Term, predicate: NamedNode) -> str | None:
        """Return the one string of a subject and a predicate, or None."""
        value = self.single(subject, predicate)
        if value is None:
            return None
        if not isinstance(value, Literal) or value.datatype != xsd("string"):
            raise IllFormed(subject, f"{predicate} must be a string, not {value}")
        return value.value

    def members(self, head: Term, owner: Term) -> tuple[Term, ...]:
        """Return the members of an RDF list.

        Raises
        ------
        IllFormed
            If it is not a well-formed list: a cell without exactly one first and rest, or a cycle.
        """
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                raise IllFormed(owner, f"{head} is not a well-formed list")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def path(self, node: Term, owner: Term, *, within: frozenset[Term] = frozenset()) -> Path:
        """Return the property path that a node stands for.

        A node that is at once a list and something else is read as the list, as the W3C cases
        path-strange-001 and 002 expect.

        Raises
        ------
        IllFormed
            If it is not a well-formed path, or is nested too deep.
        """
        if isinstance(node, NamedNode) and node != NIL:
            return Path("", property=node.value)
        if node in within:
            raise IllFormed(owner, "its property path contains itself")
        if len(within) == DEEPEST:
            raise IllFormed(owner, f"its property path is nested more than {DEEPEST} deep")
        inside = within | {node}
        if self.objects(node, FIRST):
            return Path("/", self._paths(node, owner, inside))
        if alternatives := self.single(node, sh("alternativePath")):
            return Path("|", self._paths(alternatives, owner, inside))
        for predicate, sign in _OF_ONE.items():
            if inner := self.single(node, predicate):
                return Path(sign, (self.path(inner, owner, within=inside),))
        raise IllFormed(owner, self._no_path(node))

    def _paths(self, head: Term, owner: Term, within: frozenset[Term]) -> tuple[Path, ...]:
        members = self.members(head, owner)
        if len(members) < 2:
            raise IllFormed(owner, "a sequence or alternative path needs at least two members")
        return tuple(self.path(each, owner, within=within) for each in members)

    def _no_path(self, node: Term) -> str:
        """Say why a node is no path: by the term that stands where an operator should."""
        known = ", ".join(f"sh:{each.value.rpartition('#')[2]}" for each in _OPERATORS)
        others = [each for each in self.predicates(node) if each != TYPE]
        if not others:
            return f"{node} is not a well-formed property path"
        used = " and ".join(str(each) for each in others)
        operators = [each.value for each in _OPERATORS]
        near = nearest(others[0].value, operators, most=1, similarity=0.6)
        meant = f"; did you mean {NamedNode(near[0])}?" if near else ""
        return f"not a well-formed property path: {used} is none of {known}{meant}"

    def is_instance(self, node: Term, cls: NamedNode) -> bool:
        """Tell whether a node is a SHACL instance of a class, by this graph's own subclass triples."""
        pending, seen = list(self.objects(node, TYPE)), set()
        while pending:
            each = pending.pop()
            if each == cls:
                return True
            if each not in seen:
                seen.add(each)
                pending.extend(self.objects(each, SUBCLASS))
        return False

    def instances(self, cls: NamedNode) -> list[Term]:
        """Return the SHACL instances of a class."""
        return [node for node in self.subjects(TYPE) if self.is_instance(node, cls)]
