"""Times the start of the command line beside that of the bare interpreter.

Run it with ``python benchmarks/startup.py``. Questions are asked with a cache that holds what is read and
derived from the shipped data, and with none, as on a machine where nothing was asked before. Each command runs once unmeasured, so that files are in
the page cache; then all take turns, so that a busy moment of the machine meets each alike.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 11
ASK = ["-m", "testimonia", "ask"]
PYTHON = "import testimonia; testimonia.open().ask('confirmed-figures')"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "testimonia --help": ["-m", "testimonia", "--help"],
    "testimonia ask confirmed-figures": [*ASK, "confirmed-figures"],
    "testimonia ask contradictions": [*ASK, "contradictions"],
    "open().ask('confirmed-figures')": ["-c", PYTHON],
    "ask confirmed-figures, no cache": [*ASK, "confirmed-figures"],
    "ask contradictions, no cache": [*ASK, "contradictions"],
}


def seconds(name: str, cache: str) -> float:
    """Time one run of the interpreter."""
    variables = {**os.environ, "TESTIMONIA_CACHE": "" if "no cache" in name else cache}
    command = [sys.executable, *COMMANDS[name]]
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=variables)
    return time.perf_counter() - begun


def main() -> None:
    """Print the median time of each command, and its ratio to the bare interpreter."""
    with tempfile.TemporaryDirectory() as cache:
        for name in COMMANDS:
            seconds(name, cache)
        rounds = [{name: seconds(name, cache) for name in COMMANDS} for _ in range(RUNS)]
    medians = {name: statistics.median(run[name] for run in rounds) for name in COMMANDS}
    bare = medians["python -c pass"]
    print(f"{'median of ' + str(RUNS):<34} {'ms':>6}  {'times bare':>10}")
    for name, median in medians.items():
        print(f"{name:<34} {1000 * median:>6.0f}  {median / bare:>10.1f}")


if __name__ == "__main__":
    main()
