"""The outline of a SPARQL query by tokens: its groups, triple patterns and expressions.

Queries are rewritten as text at the positions in the outline, so that comments, whitespace and the
case of keywords do not matter. Oxigraph has parsed the queries before, so they are well formed.

Source: SPARQL 1.1 Query, section 19.8 (grammar).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from testimonia.query.sparql import Token, clause, tokens

__all__ = ["Exists", "Expression", "Group", "Outline", "changed", "unescaped"]

_KEPT = (
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|'
    + r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    + (r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|<[^<>"{}|^`\\\s]*>|\#[^\n]*""")
)
_ESCAPE = re.compile(rf"(?s)({_KEPT})|\\u([0-9A-Fa-f]{{4}})|\\U([0-9A-Fa-f]{{8}})")
_OPEN, _CLOSE = "([{", ")]}"
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


@dataclass
class Expression:
    """The tokens of an expression, by index, without those of EXISTS groups in it."""

    tokens: list[int] = field(default_factory=list)


@dataclass
class Group:
    """A group graph pattern.

    Attributes
    ----------
    start, end
        The tokens that are its braces.
    patterns
        The tokens of its own triple patterns.
    selects
        Whether it is a sub-select.
    simple
        Whether it has only triple patterns.
    """

    start: int
    end: int = -1
    patterns: list[int] = field(default_factory=list)
    selects: bool = False
    simple: bool = True


@dataclass(frozen=True)
class Exists:
    """A filter that consists of EXISTS or NOT EXISTS.

    Attributes
    ----------
    start
        The token ``FILTER``.
    negated
        Whether it is NOT EXISTS.
    inner, outer
        The group after EXISTS, and the group that is filtered.
    """

    start: int
    negated: bool
    inner: Group
    outer: Group


def unescaped(text: str) -> str:
    r"""Resolve ``\u`` escapes outside strings and IRIs (section 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = found[2] or found[3]
        return found[1] if code is None else chr(int(code, 16))

    return _ESCAPE.sub(character, text)


def changed(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Replace spans of a text; several at the same position are applied in order."""
    parts, at = [], 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


class Outline:
    """The outline of a query.

    Parameters
    ----------
    text
        A query that Oxigraph has parsed.

    Attributes
    ----------
    tokens
        Its tokens.
    groups
        Its groups, outer ones first.
    expressions
        Its expressions.
    exists
        Its filters that consist of EXISTS or NOT EXISTS.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: Sequence[Token] = list(tokens(text))
        self.groups: list[Group] = []
        self.expressions: list[Expression] = []
        self.exists: list[Exists] = []
        self._at = 0
        self._head()

    def variables(self, among: Iterable[int] | None = None) -> set[str]:
        """Return the names of the variables among some tokens, or among all."""
        chosen = range(len(self.tokens)) if among is None else among
        return {self.tokens[i].text[1:] for i in chosen if self.tokens[i].kind == "variable"}

    def end_of(self, index: int) -> int:
        """Return the position after a token."""
        return self.tokens[index].start + len(self.tokens[index].text)

    def word(self, index: int) -> str:
        """Return a keyword, in upper case, or a punctuation mark; empty if the token is neither."""
        return clause(self.tokens[index]) if 0 <= index < len(self.tokens) else ""

    def _here(self) -> str:
        return self.word(self._at)

    def _head(self) -> None:
        skip = {"BASE": 2, "VERSION": 2, "PREFIX": 3}
        while self._here() in skip:
            self._at += skip[self._here()]
        self.form = self._at
        self._select()

    def _select(self) -> None:
        """Parse a SELECT or ASK from its keyword to the end of its solution modifiers."""
        self._at += 1
        while self._at < len(self.tokens) and self._here() not in ("{", "WHERE", "FROM"):
            if self._here() == "(":
                self._expression()
            else:
                self._at += 1
        while self._at < len(self.tokens) and self._here() != "{":
            self._at += 1
        self._group()
        self._modifiers()

    def _modifiers(self) -> None:
        """Parse solution modifiers."""
        grouping = False
        while self._at < len(self.tokens) and self._here() != "}":
            word = self._here()
            if word in _MODIFIERS:
                grouping = word == "GROUP"
            if word == "VALUES":
                self._at = self._end_of_values()
            elif word == "(":
                self._expression()
            elif self.word(self._at + 1) == "(" and word not in ("BY", "ASC", "DESC", "HAVING"):
                self._call()
            else:
                if self.tokens[self._at].kind == "variable" and not grouping:
                    self.expressions.append(Expression([self._at]))
                self._at += 1

    def _group(self) -> Group:
        """Parse a group from ``{`` to ``}``."""
        group = Group(self._at)
        self.groups.append(group)
        self._at += 1
        if self._here() == "SELECT":
            group.selects, group.simple = True, False
            self._select()
        while self._at < len(self.tokens) and self._here() != "}":
            self._element(group)
        group.end = self._at
        self._at += 1
        return group

    def _element(self, group: Group) -> None:
        word = self._here()
        if word == "{":
            group.simple = False
            self._group()
        elif word == "FILTER":
            group.simple = False
            self._filter(group)
        elif word == "BIND":
            group.simple = False
            self._at += 1
            self._expression()
        elif word == "VALUES":
            group.simple = False
            self._at = self._end_of_values()
        elif word in ("OPTIONAL", "MINUS", "UNION", "GRAPH", "SERVICE", "SILENT"):
            group.simple = False
            self._at += 1
        else:
            group.patterns.append(self._at)
            self._at += 1

    def _filter(self, group: Group) -> None:
        start = self._at
        self._at += 1
        negated = self._here() == "NOT"
        self._at += negated
        if self._here() == "EXISTS":
            self._at += 1
            self.exists.append(Exists(start, negated, self._group(), group))
        elif self._here() == "(":
            self._expression()
        else:
            self._call()

    def _call(self) -> None:
        """Parse a function call as an expression."""
        start = self._at
        while self._at < len(self.tokens) and self._here() != "(":
            self._at += 1
        self._expression(start)

    def _expression(self, start: int | None = None) -> None:
        """Parse an expression from ``(`` to its ``)``."""
        expression = Expression(list(range(self._at if start is None else start, self._at)))
        self.expressions.append(expression)
        depth = 0
        while self._at < len(self.tokens):
            word = self._here()
            if word == "{":  # of EXISTS
                self._group()
                continue
            depth += (word != "" and word in _OPEN) - (word != "" and word in _CLOSE)
            expression.tokens.append(self._at)
            self._at += 1
            if depth == 0:
                return

    def _end_of_values(self) -> int:
        at = self._at
        while at < len(self.tokens) and self.word(at) != "{":
            at += 1
        while at < len(self.tokens) and self.word(at) != "}":
            at += 1
        return at + 1
