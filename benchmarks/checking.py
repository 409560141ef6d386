"""The whole of ``testimonia validate`` on claims, beside reading them and beside the shapes alone.

Run it with files of claims, such as those that ``testimonia map`` writes::

    testimonia map ucdp-ged events.csv -o events.nq
    python benchmarks/checking.py events.nq

Every row is a process of its own. Its time on the processors is reported beside the wall-clock time,
since on a machine that does other things only the former can be compared; memory is the largest
resident set. ``parse`` reads the file with pyoxigraph and counts the statements, ``shapes`` runs the
shapes alone, ``validate`` also looks for undeclared names, compares times and quantities with their
words, and finds labels and lines.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PARSE = """
import sys
from testimonia.rdf import files
print(sum(1 for _ in files.read([sys.argv[1]])), "statements")
"""
SHAPES = """
import sys
from pathlib import Path
from testimonia.catalogue import resources
from testimonia.shacl import run
report = run([Path(sys.argv[1]), *resources.ontology()], resources.shapes(), limit=20)
print(report.number, "results")
"""
VALIDATE = """
import sys
import testimonia
report = testimonia.open(sys.argv[1]).validate(limit=20)
print(sum(report.totals().values()), "findings")
"""
KINDS = {"parse": PARSE, "shapes": SHAPES, "validate": VALIDATE}


def measured(code: str, path: Path) -> tuple[float, float, float, str]:
    """Run code on a file: seconds by the clock and of the processors, MB, and what it printed."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=output)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        output.seek(0)
        printed = "did not finish" if status else output.read().decode().strip()
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed


def main() -> None:
    """Measure the files that the command line names, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+", help="files of claims")
    parser.add_argument("--only", nargs="+", choices=list(KINDS), default=list(KINDS))
    chosen = parser.parse_args()
    print("| File | What | Seconds | Of the processors | Peak MB | Found |")
    print("|---|---|--:|--:|--:|--:|")
    for path in chosen.files:
        for kind in chosen.only:
            wall, processor, megabytes, printed = measured(KINDS[kind], path)
            print(
                f"| {path.name} | {kind} | {wall:.1f} | {processor:.1f} "
                f"| {megabytes:,.0f} | {printed} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
