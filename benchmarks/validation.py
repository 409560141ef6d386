"""Validators side by side, over made-up attributed claims with a known number of faults.

Run it with the sizes wanted, in triples, and the validators::

    python benchmarks/validation.py 10000 100000 1300000 --with columnar jena rudof pyshacl

Every validator runs in a process of its own, which parses the same N-Triples file, validates it
against ``validation_shapes.ttl`` (SHACL Core and SPARQL constraints) and counts the results. The
time is that of the whole process, start of the interpreter or the virtual machine included; memory
is the largest resident set. ``parse`` is the time to read the file with pyoxigraph and count the
triples, for comparison.

``jena`` needs Apache Jena's ``shacl`` on the path, or its place in JENA_SHACL; ``rudof`` needs the
package pyrudof, in this interpreter or in that named by RUDOF_PYTHON. What is absent is said to be.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from attributed_claims import write_claims

HERE = Path(__file__).parent
SHAPES = HERE / "validation_shapes.ttl"
COMPONENT = "http://www.w3.org/ns/shacl#sourceConstraintComponent"

PARSE = """
import sys
from pyoxigraph import RdfFormat, parse
print('{"read": %d}' % sum(1 for _ in parse(path=sys.argv[1], format=RdfFormat.N_TRIPLES)))
"""

COLUMNAR = """
import collections, json, sys
from pathlib import Path
from testimonia.shacl import run
report = run(Path(sys.argv[1]), Path(sys.argv[2]))
print(json.dumps(collections.Counter(text[1:-1] for text in report.frame["component"])))
"""

PYSHACL = """
import collections, json, sys
import pyshacl, rdflib
rdflib.NORMALIZE_LITERALS = False
data = rdflib.Graph().parse(sys.argv[1], format="nt")
shapes = rdflib.Graph().parse(sys.argv[2], format="turtle")
_, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
results = report.objects(None, rdflib.SH.result)
component = rdflib.SH.sourceConstraintComponent
print(json.dumps(collections.Counter(str(report.value(each, component)) for each in results)))
"""

RUDOF = """
import collections, json, sys
import pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(sys.argv[1], format=pyrudof.RDFFormat.NTriples)
rudof.read_shacl(sys.argv[2])
report = rudof.validate_shacl()
print(json.dumps(collections.Counter(str(each.constraint_component) for each in report.violations)))
"""


@dataclass(frozen=True)
class Measurement:
    """What one validator did with one file; found is None if it did not finish."""

    seconds: float
    megabytes: float
    found: Counter[str] | None


def measured(command: list[str], limit: float, environment: dict[str, str]) -> Measurement:
    """Run a command that prints a JSON object or a report in Turtle; measure it."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=environment)
        usage = None
        while usage is None and time.perf_counter() - begun < limit:
            ended, status, resources = os.wait4(process.pid, os.WNOHANG)
            if ended:
                usage = (status, resources)
            else:
                time.sleep(0.005)
        seconds = time.perf_counter() - begun
        if usage is None:
            process.kill()
            _, _, resources = os.wait4(process.pid, 0)
            return Measurement(seconds, resources.ru_maxrss / 1024, None)
        status, resources = usage
        output.seek(0)
        if status:
            errors.seek(0)
            sys.stderr.write(errors.read().decode()[-2000:])
            return Measurement(seconds, resources.ru_maxrss / 1024, None)
        return Measurement(seconds, resources.ru_maxrss / 1024, counted(output.read()))


def counted(printed: bytes) -> Counter[str]:
    """Count the results of each component in what a validator printed."""
    if printed.startswith(b"{"):
        return Counter(json.loads(printed))
    from pyoxigraph import RdfFormat, parse

    return Counter(
        quad.object.value
        for quad in parse(printed, RdfFormat.TURTLE)
        if quad.predicate.value == COMPONENT
    )


def commands(data: Path) -> dict[str, list[str] | None]:
    """Return the command of each validator, or None where it is absent."""
    files = [str(data), str(SHAPES)]
    jena = os.environ.get("JENA_SHACL") or shutil.which("shacl")
    rudof = os.environ.get("RUDOF_PYTHON", sys.executable)
    has_rudof = subprocess.run([rudof, "-c", "import pyrudof"], capture_output=True, check=False)
    return {
        "parse": [sys.executable, "-c", PARSE, *files],
        "columnar": [sys.executable, "-c", COLUMNAR, *files],
        "pyshacl": [sys.executable, "-c", PYSHACL, *files],
        "jena": [jena, "validate", "--data", files[0], "--shapes", files[1]] if jena else None,
        "rudof": [rudof, "-c", RUDOF, *files] if has_rudof.returncode == 0 else None,
    }


def main() -> None:
    """Measure what the command line asks for, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("triples", type=int, nargs="+", help="sizes, in triples")
    parser.add_argument("--with", dest="engines", nargs="+", default=["columnar", "pyshacl"])
    parser.add_argument(
        "--runs", type=int, default=1, help="number of runs, of which the median is reported"
    )
    parser.add_argument("--limit", type=float, default=1800, help="seconds before one is stopped")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=10, help="faults of every kind")
    chosen = parser.parse_args()
    environment = {**os.environ, "JVM_ARGS": os.environ.get("JVM_ARGS", "-Xmx12g")}
    print("| Triples | Validator | Seconds | Of the fastest | Peak MB | Results found |")
    print("|--:|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for size in chosen.triples:
            data = Path(folder) / "claims.nt"
            each = min(chosen.each, size // 5000)
            expected = write_claims(data, size, seed=chosen.seed, each=each)
            available = commands(data)
            rows: list[tuple[str, Measurement]] = []
            for engine in ["parse", *chosen.engines]:
                command = available[engine]
                if command is None:
                    print(f"| {size:,} | {engine} | absent | | | |")
                    continue
                runs = [measured(command, chosen.limit, environment) for _ in range(chosen.runs)]
                rows.append((engine, sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]))
            fastest = min(row.seconds for engine, row in rows if engine != "parse")
            for engine, row in rows:
                print(
                    f"| {size:,} | {engine} | {row.seconds:.2f} "
                    f"| {row.seconds / fastest:.1f} | {row.megabytes:,.0f} "
                    f"| {verdict(engine, row.found, expected)} |",
                    flush=True,
                )


def verdict(engine: str, found: Counter[str] | None, expected: Counter[str]) -> str:
    """Tell how many results were found, and of which components too few or too many."""
    if engine == "parse":
        return "(reads only)"
    if found is None:
        return "did not finish"
    differing = [
        f"{name.rpartition('#')[2].removesuffix('ConstraintComponent')} {found[name]}/{number}"
        for name, number in sorted((expected | found).items())
        if found[name] != expected[name]
        for number in [expected[name]]
    ]
    counts = f"{found.total():,} of {expected.total():,}"
    return f"{counts} ({', '.join(differing)})" if differing else counts


if __name__ == "__main__":
    main()
