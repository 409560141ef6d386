"""Decorrelates filters with repeated paths: rewrites ``FILTER (NOT) EXISTS`` as a join or ``MINUS``.

Oxigraph evaluates ``FILTER NOT EXISTS`` again for every row, and evaluates the inner group without
the bindings of the row: with a repeated path, it searches the whole graph each time. ``MINUS`` does
so only once.

The two are equivalent if at least one variable of the inner group occurs elsewhere in the query, and
every such variable is bound by a triple pattern both in every row of the outer group and in every row
of the inner group. A path of zero length binds its ends to the nodes of the graph if both are open, and
to any term if one has a value: where a variable is at such an end, the outer group must bind it to a
node, as the subject or object of a triple pattern. Other filters are left as they are.

Source: SPARQL 1.1 Query, sections 8.3.3 (NOT EXISTS and MINUS) and 18.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from testimonia.shacl.sparql.outline import Exists, Group, Outline, changed

__all__ = ["decorrelated"]


def decorrelated(text: str) -> str | None:
    """Rewrite the filters with repeated paths in a query; return None if there are none.

    Parameters
    ----------
    text
        A query that Oxigraph has parsed.
    """
    outline = Outline(text)
    changes: list[tuple[int, int, str]] = []
    for exists in outline.exists:
        shared = _shared(outline, exists)
        if shared is None:
            continue
        inner = exists.inner
        body = text[outline.tokens[inner.start].start : outline.end_of(inner.end)]
        names = " ".join(f"?{name}" for name in sorted(shared))
        join = (
            f" MINUS {body} " if exists.negated else f" {{ SELECT DISTINCT {names} WHERE {body} }} "
        )
        end = outline.tokens[exists.outer.end].start
        start = outline.tokens[exists.start].start
        changes.append(
            (start, outline.end_of(inner.end), " {} ")
        )  # separates triple patterns, as the filter did
        # The pattern before it may lack a full stop, which is not needed before a group.
        changes.append((end, end, join))
    return changed(text, changes) if changes else None


def _shared(outline: Outline, exists: Exists) -> set[str] | None:
    """Return the variables that the groups share, or None if a join is not equivalent."""
    inner, outer = exists.inner, exists.outer
    if not inner.simple or outer.selects or not _repeats(outline, inner):
        return None
    inside, outside = _Triples(outline, inner), _Triples(outline, outer)
    if not inside.parse() or not outside.parse():
        return None
    elsewhere = outline.variables(_elsewhere(outline, exists))
    shared = outline.variables(inner.patterns) & elsewhere
    at_ends = shared & inside.ends
    if not shared or not at_ends <= outside.nodes:
        return None
    return shared if shared - at_ends <= outside.bound & inside.bound else None


def _elsewhere(outline: Outline, exists: Exists) -> Iterator[int]:
    """Yield the tokens outside this filter and outside others, whose variables are local."""
    local = [
        range(other.inner.start, other.inner.end + 1)
        for other in outline.exists
        if other is exists or not other.inner.start < exists.start < other.inner.end
    ]
    for index in range(len(outline.tokens)):
        if not any(index in tokens for tokens in local):
            yield index


def _repeats(outline: Outline, group: Group) -> bool:
    return any(outline.word(index) in ("*", "+") for index in group.patterns)


class _Triples:
    """The triple patterns of a group.

    Attributes
    ----------
    bound
        The variables that every row binds by a triple pattern that matches a triple.
    nodes
        Those of them that are the subject or object of one.
    ends
        The variables at the ends of paths that may have zero length.
    """

    def __init__(self, outline: Outline, group: Group) -> None:
        self._outline = outline
        self._indices = group.patterns
        self._place = 0
        self.bound: set[str] = set()
        self.nodes: set[str] = set()
        self.ends: set[str] = set()

    def parse(self) -> bool:
        """Parse the patterns; return False if they have brackets except those of paths."""
        try:
            while self._place < len(self._indices):
                if self._word() == ".":
                    self._place += 1
                else:
                    self._subject()
        except _Unsupported:
            return False
        self.bound |= self.nodes
        return True

    def _word(self) -> str:
        if self._place >= len(self._indices):
            return ""
        return self._outline.word(self._indices[self._place])

    def _subject(self) -> None:
        subject = self._term()
        while True:
            verb = self._variable()
            empty = not verb and self._path()
            self.bound |= verb
            while True:
                found = self.ends if empty else self.nodes
                found |= subject | self._term()
                if self._word() != ",":
                    break
                self._place += 1
            while self._word() == ";":
                self._place += 1
            if self._word() in (".", "") and not self._starts_verb():
                return

    def _starts_verb(self) -> bool:
        if self._place >= len(self._indices):
            return False
        before = self._outline.word(self._indices[self._place - 1])
        return before == ";" and self._word() != "."

    def _variable(self) -> set[str]:
        if self._place >= len(self._indices):
            raise _Unsupported
        token = self._outline.tokens[self._indices[self._place]]
        if token.kind != "variable":
            return set()
        self._place += 1
        return {token.text[1:]}

    def _term(self) -> set[str]:
        """Parse a subject or an object."""
        if found := self._variable():
            return found
        token = self._outline.tokens[self._indices[self._place]]
        plain = token.kind in ("iri", "name", "string", "number", "blanknode")
        if not plain and token.text.lower() not in ("true", "false"):
            raise _Unsupported
        self._place += 1
        if token.kind == "string":
            self._skip_datatype()
        return set()

    def _skip_datatype(self) -> None:
        if self._place >= len(self._indices):
            return
        if self._outline.tokens[self._indices[self._place]].kind == "language":
            self._place += 1
        elif self._word() == "^":
            self._place += 3

    def _path(self) -> bool:
        """Parse a path; return whether it may have zero length."""
        empty = self._sequence()
        while self._word() == "|":
            self._place += 1
            empty = self._sequence() or empty
        return empty

    def _sequence(self) -> bool:
        empty = self._step()
        while self._word() == "/":
            self._place += 1
            empty = self._step() and empty
        return empty

    def _step(self) -> bool:
        while self._word() in ("^", "!"):
            self._place += 1
        if self._word() == "(":
            self._place += 1
            empty = self._word() != ")" and self._path()
            if self._word() != ")":
                raise _Unsupported
            self._place += 1
        else:
            if self._place >= len(self._indices):
                raise _Unsupported
            token = self._outline.tokens[self._indices[self._place]]
            if token.kind not in ("iri", "name") and token.text != "a":
                raise _Unsupported
            self._place += 1
            empty = False
        if self._word() in ("*", "?"):
            empty = True
        if self._word() in ("*", "?", "+"):
            self._place += 1
        return empty


class _Unsupported(Exception):
    """The triple patterns have something that is not parsed here."""
