"""Fuzzes XPath regular expressions: the Rust and the Python engine must agree on a text.

A pattern is matched by both engines, or refused with a reason.
"""

from __future__ import annotations

import random
from collections import Counter

import polars as pl

from testimonia.shacl.values.patterns import BadPattern, Pattern
from testimonia.shacl.work_limits import TimeIsUp

__all__ = ["run"]

_PIECES = [
    *"abcXYZ019 .,-_:^$|?*+()[]{}\\\n\té",
    *(r"\d", r"\W", r"\s", r"\I", r"\c", r"\p{Lu}", r"\P{IsGreek}", r"\p{Nope}", r"\1", r"\2"),
    *("(?:", "(?=", "(?!", "(?<", "{2}", "{1,3}", "{,2}", "{9999}", "[^", "-[", "a-z", "]]"),
    *("(a)", "[a-c]", "[a-z-[aeiou]]", "(?:b|c)+", "(?i)", "\x00", "\U0001f600", "\u212a"),
]
_TEXTS = ["", "a", "abc", "ABC 019", "a\nb\n", "\n", "é\u212aλ", "-]^[", "aaaaaaaaaaaab", "\r\n \t"]


def run(seed: int, inputs: int) -> Counter[str]:
    """Try a number of patterns.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same inputs.
    inputs
        How many.

    Returns
    -------
    Counter
        How many were matched, refused, and timed out; every other outcome begins
        with ``finding:`` and shows the pattern.
    """
    source = random.Random(seed)  # noqa: S311 - no secret
    outcomes: Counter[str] = Counter()
    for _ in range(inputs):
        pattern = "".join(source.choices(_PIECES, k=source.randint(1, 9)))
        outcomes[_outcome(pattern, source.choice(["", "", "i", "m", "s", "x", "q", "imsx"]))] += 1
    return outcomes


def _outcome(pattern: str, flags: str) -> str:
    try:
        made = Pattern(pattern, flags)
        texts = pl.Series(_TEXTS)
        seconds = None if made.linear else 5
        quick = made.matches(texts, seconds=seconds).to_list()
        slow = made.by_python().matches(texts, seconds=5).to_list() if made.linear else quick
    except BadPattern:
        return "refused"
    except TimeIsUp:
        return "stopped"
    except Exception as fault:  # noqa: BLE001 - that is what is looked for
        return f"finding: {type(fault).__name__} at {pattern!r} with {flags!r}"
    return "matched" if quick == slow else f"finding: the engines differ at {pattern!r}, {flags!r}"
