"""Lists by kind the conflicts that are derived in mapped datasets, and draws a sample to be read.

Run it with ``python benchmarks/conflicts.py FILE.nq`` on what ``testimonia map`` made. ``--sample``
prints a seeded sample of conflicts, one a line, each dispute once. The counts and what a reading
of the sample gave stand in ``docs/reference/conflicts-in-datasets.md``; rows of the datasets do not.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import testimonia
from testimonia.store import Store

SEED = 20251213
SAMPLE = 100

_CONFLICTS = """
PREFIX tmn: <https://w3id.org/testimonia/ns#>
SELECT DISTINCT ?one ?other ?this ?that ?who ?whom ?basis ?otherBasis ?window ?otherWindow
       ?number ?otherNumber ?open
WHERE {
  { SELECT DISTINCT ?one ?other WHERE { ?one tmn:conflictsWith ?other } }
  ?one tmn:proposition ?this ; tmn:speaker ?who .
  ?other tmn:proposition ?that ; tmn:speaker ?whom .
  OPTIONAL { ?one tmn:basis ?basis }
  OPTIONAL { ?other tmn:basis ?otherBasis }
  OPTIONAL { ?this tmn:countWindow ?window }
  OPTIONAL { ?that tmn:countWindow ?otherWindow }
  OPTIONAL { ?this tmn:lowerBound ?number }
  OPTIONAL { ?that tmn:lowerBound ?otherNumber }
  BIND(EXISTS { ?one tmn:mayBeOvertakenBy ?other } || EXISTS { ?other tmn:mayBeOvertakenBy ?one }
       AS ?open)
}
"""


class Conflict(NamedTuple):
    """A conflict of two claims: its kind, who disagrees on what, and a line to be read."""

    kind: str
    dispute: tuple[str, ...]
    line: str


def main() -> None:
    """Derive, count and, where asked to, draw the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", action="store_true")
    given = parser.parse_args()
    dataset = testimonia.open(given.file)
    store = dataset.store
    begun = time.perf_counter()
    facts = dataset.derive().total
    took = time.perf_counter() - begun
    # Kilobytes on Linux (getrusage(2)).
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.file.name}: {facts:,} facts in {took:.0f} s, at most {peak:,.0f} MB")
    found = conflicts(store)
    disputes = {conflict.dispute: conflict for conflict in found}
    print(f"{len(found):,} conflicts of claims, {len(disputes):,} disputes")
    for kind, count in Counter(c.kind for c in disputes.values()).most_common():
        print(f"{count:>8,}  {kind}")
    if given.sample:
        lines = sorted(conflict.line for conflict in disputes.values())
        drawn = random.Random(SEED).sample(lines, min(SAMPLE, len(lines)))  # noqa: S311
        print(*drawn, sep="\n")


def conflicts(store: Store) -> list[Conflict]:
    """List the conflicts of a store, each in one direction only."""
    rows = store.solutions(_CONFLICTS, {})
    found = {}
    for row in rows:
        text = {name: _short(str(getattr(term, "value", term))) for name, term in row.items()}
        if text["one"] < text["other"]:
            found[text["one"], text["other"]] = _conflict(text)
    return list(found.values())


def _conflict(text: dict[str, str]) -> Conflict:
    speakers = "one speaker" if text["who"] == text["whom"] else "two speakers"
    same = text.get("window") == text.get("otherWindow")
    windows = "one window" if same else "a window within another"
    order = "order open" if text["open"] == "true" else "order certain or of no matter"
    dispute = tuple(sorted([f"{text['who']} {text['this']}", f"{text['whom']} {text['that']}"]))
    line = "\t".join(f"{name}={value}" for name, value in sorted(text.items()))
    return Conflict(f"{speakers}, {windows}, {order}", dispute, line)


def _short(iri: str) -> str:
    for start in ("https://w3id.org/testimonia/id/", "https://w3id.org/testimonia/code/"):
        iri = iri.removeprefix(start)
    return iri


if __name__ == "__main__":
    main()
