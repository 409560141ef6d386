"""Makes every small fault of a rule or policy: a condition or branch left out, a comparison shifted.

What a comment says is there only ``For speed`` is left unchanged: without it the same
follows, which a separate test checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from testimonia.catalogue.rules import Rule
from testimonia.derivation.policies import Policy
from testimonia.query.sparql import Token, tokens

_SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "="}
_CLOSING = {"{": "}", "(": ")"}
_FOR_SPEED = re.compile(r"# For speed[^\n]*\n(?:\s*#[^\n]*\n)*")


@dataclass(frozen=True)
class Mutant:
    """A rule or policy with one fault.

    ``change`` says which, and ``sparql`` is the query with it.
    """

    rule: str
    change: str
    sparql: str


def mutants(rule: Rule | Policy) -> Iterator[Mutant]:
    text = rule.sparql
    words = _merged(list(tokens(text)))
    start = next(i for i, word in enumerate(words) if word.text.upper() == "WHERE")
    spared = _spared(text, words)
    for i in range(start, len(words)):
        word = words[i].text.upper()
        if i in spared:
            continue
        if word == "FILTER":
            end = _end_of_filter(words, i)
            yield _cut(rule, words, i, end, "")
            yield from _without_operands(rule, words, i, end)
        elif word in ("OPTIONAL", "MINUS"):
            yield _cut(rule, words, i, _closing(words, i + 1), "")
        elif word == "UNION":
            yield _cut(rule, words, i, _closing(words, i + 1), "")
            yield _cut(rule, words, _opening(words, i - 1), i, "")
        elif words[i].text in _SHIFTED:
            yield _cut(rule, words, i, i, _SHIFTED[words[i].text])


def _spared(text: str, words: list[Token]) -> set[int]:
    """Find the words of the groups that follow a comment ``For speed``."""
    found: set[int] = set()
    for comment in _FOR_SPEED.finditer(text):
        first = next(i for i, word in enumerate(words) if word.start >= comment.end())
        found.update(range(first, _closing(words, first) + 1))
    return found


def _without_operands(
    rule: Rule | Policy, words: list[Token], start: int, end: int
) -> Iterator[Mutant]:
    """Leave out each operand of || and && in a filter, one at a time."""
    for i in range(start, end):
        if words[i].text not in ("||", "&&"):
            continue
        left = _operand_start(words, i)
        right = _operand_end(words, i)
        yield _cut(rule, words, left, i, "")
        yield _cut(rule, words, i, right, "")


def _operand_start(words: list[Token], operator: int) -> int:
    i, depth = operator - 1, 0
    while True:
        if words[i].text in ")}":
            depth += 1
        elif words[i].text in "({":
            if depth == 0:
                return i + 1
            depth -= 1
        elif depth == 0 and words[i].text in ("||", "&&"):
            return i + 1
        i -= 1


def _operand_end(words: list[Token], operator: int) -> int:
    i, depth = operator + 1, 0
    while True:
        if words[i].text in "({":
            depth += 1
        elif words[i].text in ")}":
            if depth == 0:
                return i - 1
            depth -= 1
        elif depth == 0 and words[i].text in ("||", "&&"):
            return i - 1
        i += 1


def _end_of_filter(words: list[Token], start: int) -> int:
    i = start + 1
    while words[i].text not in "({":
        i += 1
    return _closing(words, i)


def _closing(words: list[Token], start: int) -> int:
    open_, close = words[start].text, _CLOSING[words[start].text]
    depth = 0
    for i in range(start, len(words)):
        depth += {open_: 1, close: -1}.get(words[i].text, 0)
        if depth == 0:
            return i
    raise ValueError("unbalanced")


def _opening(words: list[Token], end: int) -> int:
    depth = 0
    for i in range(end, -1, -1):
        depth += {"}": 1, "{": -1}.get(words[i].text, 0)
        if depth == 0:
            return i
    raise ValueError("unbalanced")


def _cut(rule: Rule | Policy, words: list[Token], first: int, last: int, put: str) -> Mutant:
    start, end = words[first].start, words[last].start + len(words[last].text)
    gone = " ".join(rule.sparql[start:end].split())
    line = rule.sparql.count("\n", 0, start) + 1
    change = f"line {line}: {gone} -> {put}" if put else f"line {line}: without {gone}"
    return Mutant(rule.name, change, rule.sparql[:start] + put + rule.sparql[end:])


def _merged(words: list[Token]) -> list[Token]:
    """Join the marks of operators that have two."""
    joined: list[Token] = []
    for word in words:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.text + word.text in ("||", "&&", "<=", ">=", "!=")
            and last.start + len(last.text) == word.start
        ):
            joined[-1] = Token("mark", last.text + word.text, last.start)
        else:
            joined.append(word)
    return joined
