"""Matches columns of texts: with Rust's engine, which takes linear time, wherever it can.

Other patterns (see `testimonia.shacl.values.patterns.translation`) are matched by Python's ``re`` in
a process with a time limit.
"""

from __future__ import annotations

import json
import re
from copy import copy
from functools import lru_cache

import polars as pl

from testimonia.shacl.values.patterns.syntax import BadPattern, parse
from testimonia.shacl.values.patterns.translation import python_regex, rust_regex
from testimonia.shacl.work_limits import within

__all__ = ["Pattern", "compiled"]


class Pattern:
    """A regular expression with its flags, ready to match.

    Parameters
    ----------
    pattern, flags
        As for ``REGEX`` in SPARQL.

    Raises
    ------
    BadPattern
        It is not a regular expression of XPath.
    """

    def __init__(self, pattern: str, flags: str) -> None:
        self._tree, self._flags = parse(pattern, flags)
        self._rust = rust_regex(self._tree, self._flags)
        if self._rust is not None and not _rust_accepts(self._rust):
            self._rust = None
        self._slow = None if self._rust is not None else self._compiled()

    @property
    def linear(self) -> bool:
        """Whether matching takes linear time."""
        return self._slow is None

    def by_python(self) -> Pattern:
        """Return the same pattern, to be matched by Python's engine."""
        other = copy(self)
        other._slow = self._compiled()
        return other

    def matches(self, texts: pl.Series, *, seconds: float | None = None) -> pl.Series:
        """Return for each text whether the pattern matches anywhere in it; null stays null.

        Parameters
        ----------
        texts
            Strings.
        seconds
            Time limit for a pattern that is not matched in linear time; None for no limit.

        Raises
        ------
        TimeIsUp
            Matching took longer.
        """
        if self._slow is None:
            assert self._rust is not None  # noqa: S101 - one of the two was made
            return texts.str.contains(self._rust)
        values, search = texts.to_list(), self._slow.search

        def work() -> bytes:
            found = [None if value is None else search(value) is not None for value in values]
            return json.dumps(found).encode()

        return pl.Series(texts.name, json.loads(within(seconds, work)), dtype=pl.Boolean)

    def _compiled(self) -> re.Pattern[str]:
        try:
            return re.compile(python_regex(self._tree, self._flags))
        except (re.error, OverflowError, RecursionError) as fault:
            raise BadPattern(f"it cannot be evaluated: {fault}") from fault


def _rust_accepts(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:  # it is too large when compiled
        return False
    return True


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Pattern:
    """Return a `Pattern`, cached; parameters and errors are the same."""
    return Pattern(pattern, flags)
