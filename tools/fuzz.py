"""Runs the fuzzers of `tools.fuzzing`, and prints the results: ``python -m tools.fuzz SEED``.

``python -m tools.fuzz 5 edtf=1000 readers=200`` runs only those, with that many inputs. With ``--page``
the counts are written to docs/reference/fuzzing.md as well. Nothing else writes that page, since a run
takes most of an hour.
"""

from __future__ import annotations

import platform
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "fuzzing.md"
INPUTS: Final = {
    "edtf": 760_000,
    "questions": 100_000,
    "patterns": 30_000,
    "readers": 100_000,
    "protocol": 12_000,
    "remote": 2_000,
    "shapes": 2_000,
    "tables": 1_000,
}
"""The fuzzers, with their default number of inputs."""

_SOUND: Final = {
    "edtf": {"bounded", "refused"},
    "questions": {"answered", "bound", "refused"},
    "patterns": set[str](),  # its findings begin with the word
    "readers": {"read", "refused"},
    "protocol": set[str](),
    "remote": {"ok", "error"},
    "shapes": set[str](),
    "tables": set[str](),
}
_HEAD: Final = """# Fuzzing

Made-up inputs, spoilt from valid ones by a seed, given to one part each. Sound is an answer or an error of
the library's own; a finding is anything else: another exception, a process that dies, a wrong answer,
a server that does not answer. Run again with `python -m tools.fuzz {seed}`.

| Fuzzer | Inputs | What came of them | Findings | Seconds |
|---|---|---|---|---|
"""


def findings(fuzzer: str, outcomes: Counter[str]) -> Counter[str]:
    """Select the findings among the outcomes of a fuzzer."""
    sound = _SOUND[fuzzer]
    return Counter(
        {
            outcome: number
            for outcome, number in outcomes.items()
            if (outcome not in sound if sound else outcome.startswith("finding"))
        }
    )


def main(arguments: list[str]) -> int:
    """Run the fuzzers given; the exit code is 1 if there was a finding."""
    page = "--page" in arguments
    words = [word for word in arguments if word != "--page"]
    seed = int(words[0])
    wanted = {name: int(number) for name, number in (word.split("=") for word in words[1:])}
    rows, found = [], 0
    for name, inputs in (wanted or INPUTS).items():
        start = time.monotonic()
        outcomes = import_module(f"tools.fuzzing.{name}").run(seed, inputs)
        seconds = time.monotonic() - start
        bad = findings(name, outcomes)
        found += bad.total()
        for outcome, number in bad.most_common(20):
            sys.stderr.write(f"{name}: {number} x {outcome}\n")
        kinds = ", ".join(f"{outcome} {n:,}" for outcome, n in sorted((outcomes - bad).items()))
        rows.append(f"| {name} | {inputs:,} | {kinds} | {bad.total():,} | {seconds:,.0f} |\n")
        sys.stdout.write(rows[-1])
        sys.stdout.flush()
    if page:
        machine = f"\nSeed {seed}, Python {platform.python_version()}.\n"
        PAGE.write_text(_HEAD.format(seed=seed) + "".join(rows) + machine, encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
