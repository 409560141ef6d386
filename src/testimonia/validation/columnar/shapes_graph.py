"""A shapes graph as an index of triples, with the look-ups that reading shapes needs."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from testimonia.validation.columnar.terms import Term
from testimonia.validation.columnar.vocabulary import FIRST, NIL, REST, SUBCLASS, TYPE, sh, xsd
from testimonia.validation.paths import Path

__all__ = ["IllFormed", "ShapesGraph"]


class IllFormed(Exception):
    """A node of the shapes graph does not follow the syntax rules of SHACL."""

    def __init__(self, node: Term, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


_REPEATED = {
    sh("zeroOrMorePath"): "*",
    sh("oneOrMorePath"): "+",
    sh("zeroOrOnePath"): "?",
}


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
            If it is not a well-formed path.
        """
        if isinstance(node, NamedNode) and node != NIL:
            return Path("", property=node.value)
        if not isinstance(node, BlankNode) or node in within:
            raise IllFormed(owner, f"{node} is not a well-formed property path")
        inside = within | {node}
        if self.objects(node, FIRST):
            paths = tuple(
                self.path(each, owner, within=inside) for each in self.members(node, owner)
            )
            return Path("/", self._several(paths, owner))
        if alternatives := self.single(node, sh("alternativePath")):
            members = self.members(alternatives, owner)
            paths = tuple(self.path(each, owner, within=inside) for each in members)
            return Path("|", self._several(paths, owner))
        if inner := self.single(node, sh("inversePath")):
            return Path("^", (self.path(inner, owner, within=inside),))
        for predicate, sign in _REPEATED.items():
            if inner := self.single(node, predicate):
                return Path(sign, (self.path(inner, owner, within=inside),))
        raise IllFormed(owner, f"{node} is not a well-formed property path")

    @staticmethod
    def _several(paths: tuple[Path, ...], owner: Term) -> tuple[Path, ...]:
        if len(paths) < 2:
            raise IllFormed(owner, "a sequence or alternative path needs at least two members")
        return paths

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
