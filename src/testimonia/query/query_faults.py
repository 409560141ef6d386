"""Finds out what is wrong with a query that Oxigraph cannot parse, and where.

Oxigraph names the farthest character that it came to and all that it would have taken there; of a
query that breaks a rule of SPARQL in its middle, neither says much. So its parser is asked again:
of ever shorter beginnings of the query, until the token that it cannot bear is found; and of each
sub-SELECT by itself, because such a query breaks most rules at its own end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pyoxigraph import NamedNode, Store

from testimonia.errors import Place, QuerySyntaxFault
from testimonia.namespaces import PREFIXES
from testimonia.query.sparql import (
    NEVER,
    PADDING,
    POSITION,
    PROLOGUE,
    Token,
    clause,
    place_in,
    tokens,
)
from testimonia.suggestions import did_you_mean, nearest

__all__ = ["syntax_fault"]

_MOST = 1 << 16  # characters of a query that is parsed again and again
_MOST_SELECTS = 50
_HINT: Final = "Correct the query at that place."
_KEYWORDS: Final = """
    ADD ALL AS ASC ASK BASE BIND BY COALESCE CONCAT CONSTRUCT CONTAINS COUNT DESC DESCRIBE DISTINCT
    EXISTS FILTER FROM GRAPH GROUP GROUP_CONCAT HAVING IF IN ISIRI LANG LANGMATCHES LCASE LIMIT MAX
    MIN MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED REGEX REPLACE SAMPLE SELECT SEPARATOR
    STR STRAFTER STRBEFORE STRDT STRENDS STRLEN STRSTARTS SUBSTR SUM UCASE UNDEF UNION VALUES WHERE
""".split()  # noqa: SIM905
_RULE = re.compile(r"[A-Z]\w*(?: [\w*]+){2,}[^\[\]]*?(?=, (?:\[|\"|[A-Z]{2,}\b)|, <unr|\Z)")
_LISTED = re.compile(r'"[^\s"]+"|[A-Z]{2,}')


def syntax_fault(
    error: SyntaxError,
    request: str | None = None,
    *,
    base: str | None = None,
    prefixes: Mapping[str, str] = PREFIXES,
) -> QuerySyntaxFault:
    """Say what is wrong with a query that Oxigraph cannot parse, and where.

    Parameters
    ----------
    error
        What Oxigraph raised.
    request
        The query. Without it, only what Oxigraph said is given.
    base
        What its relative IRIs are relative to.
    prefixes
        Those that it need not declare.
    """
    found = None
    if request is not None and len(request) <= _MOST:
        found = _Query(request, base, prefixes).cause(error.msg or "")
    if found is not None:
        reason, start, hint = found
        place = place_in(request or "", start)
        return QuerySyntaxFault(f"the query is not well formed: {reason}", place=place, hint=hint)
    match = POSITION.match(error.msg)
    if match is None:
        return QuerySyntaxFault(f"the query is not well formed: {error.msg}", hint=_HINT)
    place = Place("query", int(match[1]), int(match[2]))
    reason = _first_said(match[3] or "")
    return QuerySyntaxFault(f"the query is not well formed{reason}", place=place, hint=_HINT)


def _first_said(expected: str) -> str:
    if "Prefix not found" in expected:
        return ": a prefix there is not declared"
    if rule := _rule(expected):
        return f": {rule}"
    # The parser lists every character class it would have taken; only the short lists help.
    return f": expected {expected}" if 0 < len(expected) <= 100 else ""


_Cause = tuple[str, int, str]
"""Why, at which character, and how to correct it."""


class _Query:
    def __init__(self, text: str, base: str | None, prefixes: Mapping[str, str]) -> None:
        self._text = text
        self._base = base
        self._prefixes = dict(prefixes)
        self._tokens = list(_whole(text))

    def cause(self, said: str) -> _Cause | None:
        if not self._tokens:
            return "it is empty", 0, "Write a query: SELECT, ASK, CONSTRUCT or DESCRIBE."
        at = self._broken_at()
        names = self._undeclared_name() or self._bad_iri()
        # A name that is not declared stops the parser; what breaks before it is another fault.
        if names is not None and (at is None or names[1] <= self._tokens[at].start):
            return names
        return self._broken_rule(at, said) or self._unexpected(at)

    def _message(self, text: str) -> str | None:
        """Return Oxigraph's message about a text, or None if it accepts it; nothing is evaluated."""
        try:
            Store().query(text, base_iri=self._base, prefixes=self._prefixes)
        except SyntaxError as error:
            return error.msg
        except (RuntimeError, ValueError):
            return None
        return None

    def _breaks(self, count: int) -> bool:
        """Check whether the first tokens cannot begin any query."""
        spoilt = self._text[: self._end(count)] + PADDING + NEVER
        match = POSITION.match(self._message(spoilt) or "")
        return match is None or int(match[1]) != spoilt.count("\n") + 1

    def _end(self, count: int) -> int:
        return self._tokens[count - 1].start + len(self._tokens[count - 1].text) if count else 0

    def _broken_at(self) -> int | None:
        """Find the first token that no query can have there; None where only the end is wrong."""
        low, high = 0, len(self._tokens)
        if not self._breaks(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._breaks(middle) else (middle, high)
        return high - 1

    def _undeclared_name(self) -> _Cause | None:
        declared = set(self._prefixes)
        before = ""
        for token in self._tokens:
            if token.kind == "name":
                prefix = token.text.partition(":")[0]
                if before == "PREFIX":
                    declared.add(prefix)
                elif prefix not in declared:
                    return (
                        f"the prefix {prefix}: is not declared",
                        token.start,
                        _prefix_hint(prefix, declared),
                    )
            before = token.text.upper()
        return None

    def _bad_iri(self) -> _Cause | None:
        based = self._base is not None or any(t.text.upper() == "BASE" for t in self._tokens)
        for token in self._tokens:
            if token.kind != "iri" or based:
                continue
            try:
                NamedNode(token.text[1:-1])
            except ValueError as error:
                why = f"{token.text} is not an IRI ({error})"
                return why, token.start, "Write the IRI in full, or declare a BASE."
        return None

    def _broken_rule(self, at: int | None, said: str) -> _Cause | None:
        """Find the rule of SPARQL that is broken: by a sub-SELECT, or before the token."""
        selects = [i for i, t in enumerate(self._tokens) if clause(t) == "SELECT"]
        prologue = self._prologue()
        for index in reversed(selects[-_MOST_SELECTS:]):
            stop = _end_of_select(self._tokens, index)
            message = self._message(prologue + self._text[self._tokens[index].start : stop])
            if rule := _rule(message or ""):
                part = [t for t in self._tokens[index:] if t.start < stop]
                return self._named(rule, part)
        messages = [said]
        if at is not None:
            messages = [self._message(self._text[: self._end(at + n)]) or "" for n in (0, 1)]
        rule = next(filter(None, map(_rule, messages)), None)
        return None if rule is None else self._named(rule, self._tokens[: at or None])

    def _named(self, rule: str, part: Sequence[Token]) -> _Cause:
        if "variable that is unbound" in rule and (token := _ungrouped(part)) is not None:
            return (
                f"{token.text} is selected, and is neither a variable of GROUP BY "
                "nor inside an aggregate",
                token.start,
                f"Add {token.text} to GROUP BY, or write (SAMPLE({token.text}) AS ?name).",
            )
        if "SELECT" in rule:
            star = next((t for t in part if t.text == "*"), part[0])
            twice = _twice(part)
            place = star if "*" in rule else (twice or part[0])
            return (
                rule + (f" ({twice.text})" if twice and "*" not in rule else ""),
                place.start,
                _HINT,
            )
        last = part[-1]
        variables = [t for t in part if t.kind == "variable"]
        if "BIND" in rule and variables:
            return f"{rule} ({variables[-1].text})", variables[-1].start, _HINT
        return rule, last.start, _HINT

    def _unexpected(self, at: int | None) -> _Cause | None:
        if at is None:
            end = len(self._text.rstrip())
            return f"it ends too early{self._taken(len(self._tokens))}", end, "Complete the query."
        token = self._tokens[at]
        close = [] if token.kind != "word" else _like(token.text)
        hint = f"Did you mean {' or '.join(close)}?" if close else _HINT
        if token.text in ("'", '"'):
            return "the string that begins there does not end", token.start, _HINT
        if token.kind == "blanknode" and any(t.text == token.text for t in self._tokens[:at]):
            why = f"the blank node {token.text} stands in another group of patterns already"
            return why, token.start, "Use a variable in its place."
        shown = token.text if len(token.text) <= 40 else token.text[:40] + "…"
        return f"{shown} cannot stand there{self._taken(at)}", token.start, hint

    def _taken(self, count: int) -> str:
        """List what the parser would have accepted after so many tokens, if the list is short."""
        spoilt = self._text[: self._end(count)] + PADDING + NEVER
        match = POSITION.match(self._message(spoilt) or "")
        listed = re.sub(r"^one of ", "", (match[3] or "") if match else "").split(", ")
        if listed == ["[_]"] or not 0 < len(listed) <= 8:
            return ""
        if not all(_LISTED.fullmatch(entry) for entry in listed):
            return ""
        return f"; expected {' or '.join(_NAMED.get(e, e).strip(chr(34)) for e in listed)}"

    def _prologue(self) -> str:
        skipped = 0
        for token in self._tokens:
            if skipped:
                skipped -= 1
            elif clause(token) in PROLOGUE:
                skipped = PROLOGUE[clause(token)]
            else:
                return self._text[: token.start]
        return self._text


def _whole(text: str) -> Iterator[Token]:
    """Read tokens, with operators of two characters whole, so that a query can end after each."""
    waiting: Token | None = None
    for token in tokens(text):
        if waiting is not None:
            pair = waiting.text + token.text
            if pair in _PAIRS and token.start == waiting.start + 1:
                yield Token("mark", pair, waiting.start)
                waiting = None
                continue
            yield waiting
        waiting = token
    if waiting is not None:
        yield waiting


_PAIRS: Final = {"^^", "&&", "||", "<=", ">=", "!=", "<<", ">>", "{|", "|}"}
_NAMED: Final = {"EOF": "its end"}


def _rule(message: str) -> str | None:
    """Find the rule of SPARQL among what the parser says; it does not list it like the rest."""
    if "Prefix not found" in message or "IRI parsing failed" in message:
        return None
    match = _RULE.search(message.partition("expected ")[2])
    return match[0].strip() if match else None


def _prefix_hint(prefix: str, declared: set[str]) -> str:
    close = nearest(prefix, declared, most=2, similarity=0.6)
    guess = did_you_mean([f"{name}:" for name in close])
    return f"{guess} Declare it at the head of the query: PREFIX {prefix}: <…>.".lstrip()


def _like(word: str) -> list[str]:
    if word.upper() in _KEYWORDS:
        return []
    return nearest(word.upper(), _KEYWORDS, most=2, similarity=0.7)


def _end_of_select(found: Sequence[Token], index: int) -> int:
    depth = 0
    for token in found[index:]:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth < 0:
            return token.start
    return found[-1].start + len(found[-1].text)


def _ungrouped(part: Sequence[Token]) -> Token | None:
    """Find a variable that a SELECT returns, and that grouping leaves without a value."""
    items, rest = _split(part)
    known = _grouped_by(rest)
    depth, aggregate = 0, 0  # the depth of parentheses at which an aggregate began
    for before, token in zip([None, *items], items, strict=False):
        if token.text == "(":
            depth += 1
            if before is not None and clause(before) in _AGGREGATES and not aggregate:
                aggregate = depth
        elif token.text == ")":
            aggregate = 0 if aggregate == depth else aggregate
            depth -= 1
        elif token.kind == "variable" and not aggregate:
            if before is not None and clause(before) == "AS":
                known.add(token.text[1:])
            elif token.text[1:] not in known:
                return token
    return None


_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


def _split(part: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Split a SELECT into what it selects, and what follows its pattern."""
    items, depth, index = [], 0, 1
    while index < len(part) and clause(part[index]) not in ("WHERE", "FROM", "{"):
        items.append(part[index])
        index += 1
    while index < len(part):
        depth += {"{": 1, "}": -1}.get(part[index].text, 0)
        index += 1
        if depth == 0 and part[index - 1].text == "}":
            break
    return items, list(part[index:])


def _grouped_by(rest: Sequence[Token]) -> set[str]:
    known: set[str] = set()
    depth, inside, before = 0, False, ""
    for token in rest:
        word = clause(token)
        if word in ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
            inside = word == "GROUP"
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if inside and token.kind == "variable" and (not depth or before == "AS"):
            known.add(token.text[1:])
        before = word
    return known


def _twice(part: Sequence[Token]) -> Token | None:
    """Find a variable that AS names although it has a value already."""
    items, _ = _split(part)
    named = [t for b, t in itertools.pairwise(items) if clause(b) == "AS"]
    for token in named:
        others = [t for t in part if t.kind == "variable" and t.text[1:] == token.text[1:]]
        if len(others) > 1:
            return token
    return None
