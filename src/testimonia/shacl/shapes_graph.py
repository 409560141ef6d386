"""A shapes graph: an index of its triples, with the lookups that parsing shapes needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.names import FIRST, NIL, REST, SUBCLASS, TYPE, xsd
from testimonia.shacl.paths import PREDICATES, Path
from testimonia.suggestions import nearest

__all__ = ["MAX_DEPTH", "IllFormed", "ShapesGraph"]


class IllFormed(Exception):
    """A node of the shapes graph violates the syntax rules of SHACL."""

    def __init__(self, node: Term, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


MAX_DEPTH = 64
"""How deep property paths may be nested, and shapes within shapes."""


class ShapesGraph:
    """The triples of a shapes graph, indexed by subject and predicate, and by predicate and object.

    Parameters
    ----------
    triples
        The triples; one that occurs several times counts once.
    """

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
        """Return the node itself if it is an IRI, otherwise the nearest IRI above it, if any."""
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
        """Return the subjects of a predicate, with the given object or with any."""
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
        """Return every predicate in the graph."""
        return list(self._subjects)

    def single(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the only object of a subject and a predicate, or None if there is none.

        Raises
        ------
        IllFormed
            There are several.
        """
        found = self.objects(subject, predicate)
        if len(found) > 1:
            raise IllFormed(subject, f"it has {len(found)} values of {predicate}, and may have one")
        return found[0] if found else None

    def boolean(self, subject: Term, predicate: NamedNode) -> bool:
        """Return whether the only object of a subject and a predicate is ``true``.

        The lexical form counts, not the value: the W3C case uniqueLang-002 expects that
        ``"1"^^xsd:boolean`` does not switch a constraint on.
        """
        value = self.single(subject, predicate)
        if value is None:
            return False
        if not isinstance(value, Literal) or value.datatype != xsd("boolean"):
            raise IllFormed(subject, f"{predicate} must be true or false, not {value}")
        return value.value == "true"

    def string(self, subject: Term, predicate: NamedNode) -> str | None:
        """Return the only object of a subject and a predicate, which must be a string, or None."""
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
            It is not a well-formed list: a cell does not have exactly one ``rdf:first`` and one
            ``rdf:rest``, or the list contains a cycle.
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

    def readable_members(self, head: Term) -> Iterator[Term]:
        """Yield the members of an RDF list as far as it can be followed, well formed or not."""
        seen: set[Term] = {NIL}
        while head not in seen and head in self._objects:
            seen.add(head)
            yield from self.objects(head, FIRST)
            head = next(iter(self.objects(head, REST)), NIL)

    def path(
        self,
        node: Term,
        owner: Term,
        *,
        strict: bool = True,
        above: frozenset[Term] = frozenset(),
    ) -> Path:
        """Parse the property path that a node stands for.

        A node that is a list and something else as well is read as the list, as the W3C cases
        path-strange-001 and 002 expect.

        Parameters
        ----------
        node
            The value of ``sh:path`` or ``sh:resultPath``.
        owner
            The node that an error names.
        strict
            Whether to refuse lists that are not well formed or have fewer than two members, and
            operators with several values. Otherwise what can be read is read.
        above
            The nodes of the paths that contain this one.

        Raises
        ------
        IllFormed
            It is not a well-formed path, or is nested too deep.
        """
        if isinstance(node, NamedNode) and node != NIL:
            return Path.of(node)
        if node in above:
            raise IllFormed(owner, "its property path contains itself")
        if len(above) == MAX_DEPTH:
            raise IllFormed(owner, f"its property path is nested more than {MAX_DEPTH} deep")

        def steps(nodes: Iterable[Term]) -> tuple[Path, ...]:
            return tuple(
                self.path(each, owner, strict=strict, above=above | {node}) for each in nodes
            )

        if self.objects(node, FIRST):
            return Path("/", steps(self._path_members(node, owner, strict=strict)))
        for operator, predicate in PREDICATES.items():
            values = self.objects(node, predicate)
            if not values:
                continue
            value = self.single(node, predicate) if strict else values[0]
            assert value is not None  # noqa: S101 - there are values
            if operator == "|":
                return Path("|", steps(self._path_members(value, owner, strict=strict)))
            return Path(operator, steps([value]))
        raise IllFormed(owner, self._no_path(node))

    def _path_members(self, head: Term, owner: Term, *, strict: bool) -> tuple[Term, ...]:
        if not strict:
            return tuple(self.readable_members(head))
        members = self.members(head, owner)
        if len(members) < 2:
            raise IllFormed(owner, "a sequence or alternative path needs at least two members")
        return members

    def _no_path(self, node: Term) -> str:
        """Say why a node is not a path, naming the predicate that stands in place of an operator."""
        known = [each.value for each in PREDICATES.values()]
        others = [each for each in self.predicates(node) if each != TYPE]
        if not others:
            return f"{node} is not a well-formed property path"
        used = " and ".join(str(each) for each in others)
        near = nearest(others[0].value, known, most=1, similarity=0.6)
        meant = f"; did you mean {NamedNode(near[0])}?" if near else ""
        operators = ", ".join(f"sh:{each.rpartition('#')[2]}" for each in known)
        return f"not a well-formed property path: {used} is none of {operators}{meant}"

    def is_instance(self, node: Term, cls: NamedNode) -> bool:
        """Return whether a node is a SHACL instance of a class, by the subclass triples of this graph."""
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
