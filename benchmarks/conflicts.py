"""Counts by kind the conflicts that are derived in mapped datasets, and draws a sample for review.

Run it with ``python benchmarks/conflicts.py FILE.nq …`` on what ``testimonia map`` made, and it prints
a table for each file. ``--sample`` prints a seeded sample of conflicts as well, one a line, each dispute
once. The tables and the results of reviewing the samples are in
``docs/reference/conflicts-in-datasets.md``; rows of the datasets are not.
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
from testimonia.query.store import Store

SEED = 20251213
SAMPLE = 100

_CONFLICTS = """
PREFIX tmn: <https://w3id.org/testimonia/ns#>
SELECT DISTINCT ?one ?other ?this ?that ?who ?whom ?basis ?otherBasis ?window ?otherWindow
       ?number ?otherNumber ?open ?row
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
  BIND(EXISTS { ?one tmn:record ?record . ?other tmn:record ?record } AS ?row)
}
"""


class Conflict(NamedTuple):
    """A conflict of two claims: its kind, who disagrees on what, and a line to be read."""

    kind: str
    dispute: tuple[str, ...]
    line: str


def main() -> None:
    """Derive from each file, count and, where asked to, draw the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--sample", action="store_true")
    given = parser.parse_args()
    for file in given.files:
        show(file, sample=given.sample)


def show(file: Path, *, sample: bool) -> None:
    """Print what is derived of a file: a table of the disputes by kind, and a sample of them."""
    dataset = testimonia.open(file)
    store = dataset.store
    begun = time.process_time()
    counts = dataset.derive().counts
    took = time.process_time() - begun
    # Kilobytes on Linux (getrusage(2)); the highest of all files so far.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{file.name}: {counts['030-origin']:,} claims, {sum(counts.values()):,} facts in "
          f"{took:.0f} s of processor time, at most {peak:,.0f} MB\n")  # fmt: skip
    found = conflicts(store)
    disputes = {conflict.dispute: conflict for conflict in found}
    print("| Kind | Disputes |\n|---|--:|")
    for kind, count in Counter(c.kind for c in disputes.values()).most_common():
        print(f"| {kind} | {count:,} |")
    print(f"| All, of {len(found):,} conflicts of claims | {len(disputes):,} |\n", flush=True)
    if sample:
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
    speakers = "One speaker" if text["who"] == text["whom"] else "Two speakers"
    same = text.get("window") == text.get("otherWindow")
    windows = "one window" if same else "a window within another"
    order = "order open" if text["open"] == "true" else "order certain or of no matter"
    place = "in one row, " if text["row"] == "true" else ""
    dispute = tuple(sorted([f"{text['who']} {text['this']}", f"{text['whom']} {text['that']}"]))
    line = "\t".join(f"{name}={value}" for name, value in sorted(text.items()))
    return Conflict(f"{speakers}, {place}{windows}, {order}", dispute, line)


def _short(iri: str) -> str:
    for start in ("https://w3id.org/testimonia/id/", "https://w3id.org/testimonia/code/"):
        iri = iri.removeprefix(start)
    return iri


if __name__ == "__main__":
    main()
