"""Rules: SPARQL CONSTRUCT queries with a header that says what they derive, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from testimonia.catalogue.header import read_header
from testimonia.errors import Place, RuleError
from testimonia.query.graph_names import DERIVED
from testimonia.query.sparql import Token, tokens

__all__ = ["Rule", "read_rule", "read_rules"]

_KEYS: Final = {"summary", "version", "source", "subject", "object", "because", "proof"}
_NEEDED: Final = ("summary", "version", "subject", "object", "because")


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes
    ----------
    name
        The name of its file; rules run in the order of their names.
    summary
        What it says, in one sentence.
    version
        Its version.
    source
        The standard that it follows, if any.
    subject, object
        The variables that hold subject and object of the fact.
    because
        Why a fact holds: a sentence with variables of the query.
    every_row
        Whether a fact follows from all solutions together, rather than from each one.
    sparql
        The query.
    path
        Its file.
    """

    name: str
    summary: str
    version: str
    source: str
    subject: str
    object: str
    because: str
    every_row: bool
    sparql: str
    path: Path

    @property
    def graph(self) -> NamedNode:
        """The graph that holds what it derives."""
        return NamedNode(f"{DERIVED.value}/{self.name}")

    @property
    def digest(self) -> str:
        """The SHA-256 of its file, in lower-case hexadecimal."""
        return sha256(self.sparql.encode()).hexdigest()

    @cached_property
    def proofs(self) -> str:
        """The query that explains the facts: the conditions of the rule, with every variable selected."""
        start, end = self._where
        construct = next(t for t in self._tokens if _is(t, "CONSTRUCT"))
        return f"{self.sparql[: construct.start]}SELECT * WHERE {self.sparql[start:end]}"

    @cached_property
    def _tokens(self) -> list[Token]:
        return list(tokens(self.sparql))

    @cached_property
    def _where(self) -> tuple[int, int]:
        """Find the braces of the outer WHERE."""
        where = next(index for index, token in enumerate(self._tokens) if _is(token, "WHERE"))
        depth = 0
        for token in self._tokens[where + 1 :]:
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if depth == 0:
                return self._tokens[where + 1].start, token.start + 1
        raise RuleError("the braces of this rule do not close", place=Place(self.path))


def read_rules(paths: Iterable[Path]) -> list[Rule]:
    """Read rules, in order of their names.

    Parameters
    ----------
    paths
        ``.rq`` files.

    Raises
    ------
    RuleError
        A file cannot be read, or is not a rule.
    """
    return [read_rule(path) for path in sorted(paths, key=lambda path: path.stem)]


def read_rule(path: Path) -> Rule:
    """Read a rule from its file.

    Parameters
    ----------
    path
        A ``.rq`` file.

    Raises
    ------
    RuleError
        It cannot be read, or is not a rule.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"this rule cannot be read ({error})", place=Place(path)) from None
    header = {
        key: value for key, value in read_header(text, path).items() if isinstance(value, str)
    }
    for key in _NEEDED:
        if key not in header:
            raise _misfit(path, f"the header has no {key}")
    if unknown := sorted(header.keys() - _KEYS):
        raise _misfit(path, f"{unknown[0]!r} is not one of the keys {', '.join(sorted(_KEYS))}")
    if header.get("proof", "every row") != "every row":
        raise _misfit(path, "proof can only be: every row")
    words = tokens(text)  # as far as needed: a start reads all rules
    if not any(_is(t, "CONSTRUCT") for t in words) or not any(_is(t, "WHERE") for t in words):
        raise _misfit(path, "a rule must be a CONSTRUCT query with a WHERE")
    return Rule(
        name=path.stem,
        summary=header["summary"],
        version=header["version"],
        source=header.get("source", ""),
        subject=header["subject"],
        object=header["object"],
        because=header["because"],
        every_row="proof" in header,
        sparql=text,
        path=path,
    )


def _is(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _misfit(path: Path, reason: str) -> RuleError:
    return RuleError(reason, place=Place(path), hint="Fix the rule, or remove it.")
