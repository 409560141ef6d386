"""Times the start of the command line beside that of the bare interpreter.

Run it with ``python benchmarks/startup.py``. Each command runs once unmeasured, so that files are in
the page cache; then all take turns, so that a busy moment of the machine meets each alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 11
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "testimonia --help": ["-m", "testimonia", "--help"],
    "testimonia ask confirmed-figures": ["-m", "testimonia", "ask", "confirmed-figures"],
}


def seconds(arguments: list[str]) -> float:
    """Time one run of the interpreter."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Print the median time of each command, and its ratio to the bare interpreter."""
    for arguments in COMMANDS.values():
        seconds(arguments)
    rounds = [{name: seconds(words) for name, words in COMMANDS.items()} for _ in range(RUNS)]
    medians = {name: statistics.median(run[name] for run in rounds) for name in COMMANDS}
    bare = medians["python -c pass"]
    print(f"{'median of ' + str(RUNS):<34} {'ms':>6}  {'times bare':>10}")
    for name, median in medians.items():
        print(f"{name:<34} {1000 * median:>6.0f}  {median / bare:>10.1f}")


if __name__ == "__main__":
    main()
