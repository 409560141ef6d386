"""Fuzzes EDTF: each string must have ordered bounds, or be refused with an error of the library.

Replacing digits of a date by X must give bounds that contain the date.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, time

from testimonia import dates, edtf
from testimonia.errors import InputError

__all__ = ["run"]

_PIECES = [
    *"0123456789X-/[]{},?~%.YESTZ:+ \x00é\u0661",
    *("..", "2004", "1985-04-12", "-06", "-1X", "-00", "-33", "S2", "E9", "E999999999"),
    *("T23:20:30", "T24:00:00", "-04", "+14:30", "Y17", "-0000", "2003-02-29", "\ud800", "9" * 60),
]
_SEEDS = [
    *("1985-04-12", "2004-06-~01/2004-06-~20", "[1667,1668,1670..1672]", "{..1984}", "1984-1X"),
    *("1950S2", "Y-17E7", "?2004-06-04~", "156X-12-25", "1985-04-12T23:20:30+04:30", "2001-34"),
]


def run(seed: int, inputs: int) -> Counter[str]:
    """Try a number of strings.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same inputs.
    inputs
        How many.

    Returns
    -------
    Counter
        How many were bounded and refused; every other outcome begins with ``finding:`` and shows the
        string.
    """
    source = random.Random(seed)  # noqa: S311 - no secret
    outcomes: Counter[str] = Counter()
    for number in range(inputs):
        outcomes[_blanked(source) if number % 4 == 0 else _outcome(_text(source))] += 1
    return outcomes


def _text(source: random.Random) -> str:
    if source.random() < 0.5:
        return "".join(source.choices(_PIECES, k=source.randint(0, 8)))
    text = list(source.choice(_SEEDS))
    for _ in range(source.randint(1, 3)):
        place = source.randrange(len(text) + 1)
        text[place : place + source.randint(0, 1)] = source.choice(_PIECES)
    return "".join(text)


def _outcome(text: str) -> str:
    try:
        found = dates.bounds(text, UTC)
    except InputError:
        return "refused"
    except Exception as fault:  # noqa: BLE001 - that is what is looked for
        return f"finding: {type(fault).__name__} at {text!r}"
    ends = [end for end in (found.not_before, found.not_after) if end is not None]
    return "bounded" if ends == sorted(ends) else f"finding: disordered at {text!r}"


def _blanked(source: random.Random) -> str:
    day = date.fromordinal(source.randint(1, date.max.toordinal()))
    digits = [digit if source.random() < 0.7 else "X" for digit in f"{day.year:04}{day:%m%d}"]
    text = "".join(digits[:4]) + "-" + "".join(digits[4:6]) + "-" + "".join(digits[6:])
    try:
        first, last = edtf.span(text)
    except Exception as fault:  # noqa: BLE001 - that is what is looked for
        return f"finding: {type(fault).__name__} at {text!r}"
    inside = first is not None and last is not None and first <= day.timetuple()[:3] <= last
    if not inside:
        return f"finding: {text!r} does not hold {day}"
    return _outcome(datetime.combine(day, time(), UTC).isoformat())
