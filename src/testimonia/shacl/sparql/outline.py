"""The outline of a SPARQL query, token by token: its groups, patterns and expressions.

Queries are changed as text at the places that the outline gives, so that comments, spacing and the
case of keywords do not matter. That a query is well formed, Oxigraph has said before.

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
    """Tokens of an expression, by their indices; the groups of EXISTS in it are not among them."""

    tokens: list[int] = field(default_factory=list)


@dataclass
class Group:
    """A group of patterns.

    Attributes
    ----------
    start, end
        The tokens of its braces.
    patterns
        The tokens of its own triple patterns.
    selects
        Whether it is a sub-select.
    simple
        Whether it has triple patterns only.
    """

    start: int
    end: int = -1
    patterns: list[int] = field(default_factory=list)
    selects: bool = False
    simple: bool = True


@dataclass(frozen=True)
class Exists:
    """A filter that is EXISTS or NOT EXISTS and nothing else.

    Attributes
    ----------
    start
        The token FILTER.
    negated
        Whether it is NOT EXISTS.
    inner, outer
        The group that is looked for, and the one that is filtered.
    """

    start: int
    negated: bool
    inner: Group
    outer: Group


def unescaped(text: str) -> str:
    r"""Replace ``\u`` escapes outside strings and IRIs by what they stand for (section 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = found[2] or found[3]
        return found[1] if code is None else chr(int(code, 16))

    return _ESCAPE.sub(character, text)


def changed(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Replace parts of a text, each from one character to another; those at one place in order."""
    parts, at = [], 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


class Outline:
    """What the tokens of a query are.

    Parameters
    ----------
    text
        A query that Oxigraph has read.

    Attributes
    ----------
    tokens
        Its tokens.
    groups
        Its groups of patterns, outermost first.
    expressions
        Its expressions.
    exists
        Its filters that are EXISTS or NOT EXISTS and nothing else.
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
        """Return the names of the variables among tokens, or of all."""
        chosen = range(len(self.tokens)) if among is None else among
        return {self.tokens[i].text[1:] for i in chosen if self.tokens[i].kind == "variable"}

    def end_of(self, index: int) -> int:
        """Return the place behind a token."""
        return self.tokens[index].start + len(self.tokens[index].text)

    def word(self, index: int) -> str:
        """Return a keyword or mark in upper case; empty where the token is neither or is not there."""
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
        """Read a SELECT or ASK from its keyword to the end of its modifiers."""
        self._at += 1
        while self._at < len(self.tokens) and self._here() not in ("{", "WHERE", "FROM"):
            if self._here() == "(":
                self._expression()
            else:
                self._at += 1
        while self._at < len(self.tokens) and self._here() != "{":
            self._at += 1
        self._group()
        self._after()

    def _after(self) -> None:
        """Read the modifiers of a solution."""
        grouping = False
        while self._at < len(self.tokens) and self._here() != "}":
            word = self._here()
            if word in _MODIFIERS:
                grouping = word == "GROUP"
            if word == "VALUES":
                self._at = self._beyond_values()
            elif word == "(":
                self._expression()
            elif self.word(self._at + 1) == "(" and word not in ("BY", "ASC", "DESC", "HAVING"):
                self._call()
            else:
                if self.tokens[self._at].kind == "variable" and not grouping:
                    self.expressions.append(Expression([self._at]))
                self._at += 1

    def _group(self) -> Group:
        """Read from ``{`` to beyond ``}``."""
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
            self._at = self._beyond_values()
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
        """Read a function with its arguments as an expression."""
        start = self._at
        while self._at < len(self.tokens) and self._here() != "(":
            self._at += 1
        self._expression(start)

    def _expression(self, start: int | None = None) -> None:
        """Read from ``(`` to beyond its ``)``."""
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

    def _beyond_values(self) -> int:
        at = self._at
        while at < len(self.tokens) and self.word(at) != "{":
            at += 1
        while at < len(self.tokens) and self.word(at) != "}":
            at += 1
        return at + 1
