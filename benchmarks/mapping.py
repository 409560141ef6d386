"""Tables to triples: ours, a bare write, Morph-KGC and maplib, over made-up rows in the shape of UCDP GED.

Run it with the number of rows of the whole mapping, and of the mapping that others do too::

    python benchmarks/mapping.py --rows 350000 1050000 --common 20000 --with ours bare morph maplib

**The whole mapping** goes from the table as published to N-Quads: reading, the conservative parse of
publications and informants, claims, checks, what recurs once. Only ours can do it.

**The common mapping** goes from claim tables to N-Triples. Ours reads Parquet claim tables, writes
names as IRIs, escapes and checks every cell. Morph-KGC (2 processes, ``mappings/claim-tables.rml.ttl``)
and maplib (OTTR templates made from the same definition) read normalised tables, where all names are
whole IRIs already: CSV, and Parquet with moments and numbers as the types that maplib wants. ``bare``
writes the bytes that ours wrote with Polars and does nothing else. All must write the same triples:
compared after sorting, moments as instants and decimals as numbers, since maplib rewrites those.

Every engine runs in a process of its own. Seconds are those of the whole process, its start included;
processor seconds, which other work on the machine disturbs less, are those of all its threads and
children together; memory is the largest resident set of it and its children together. Others than ours need the packages of
``constraints/mappers.txt``: in the interpreter named by MAPPERS_PYTHON, or ``.venv-mappers``.
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
from pyoxigraph import Literal, RdfFormat, parse

from event_rows import write_rows
from mapper_inputs import claim_tables, prepare

ROOT = Path(__file__).parents[1]
RML = ROOT / "mappings" / "claim-tables.rml.ttl"
DOCUMENT = "ucdp-ged-benchmark"
XSD = "http://www.w3.org/2001/XMLSchema#"

WHOLE = """
import sys
from pathlib import Path
from testimonia.tables.mapping import map_files
from testimonia.tables.sources import find
print(map_files(find("ucdp-ged"), [Path(sys.argv[1])], Path(sys.argv[2])).quads)
"""

OURS = """
import sys
from pathlib import Path
import polars as pl
from testimonia.tables.schema import TABLES
from testimonia.tables.to_quads import QuadWriter
with open(sys.argv[2], "wb") as stream:
    writer = QuadWriter(stream)
    for table in TABLES:
        path = Path(sys.argv[1]) / f"{table.name}.parquet"
        if path.exists():
            for batch in pl.scan_parquet(path).collect_batches(chunk_size=20_000):
                writer.write({table.name: batch})
print(writer.quads)
"""

BARE = """
import sys
import polars as pl
pl.scan_parquet(sys.argv[1]).sink_csv(sys.argv[2], include_header=False, quote_style="never")
"""

MORPH = """
import sys
from pathlib import Path
Path("config.ini").write_text(f'''[CONFIGURATION]
na_values=
output_file={sys.argv[2]}
output_format=N-TRIPLES
number_of_processes=2
logging_level=ERROR
[TABLES]
mappings={sys.argv[3]}
''')
sys.argv = ["morph_kgc", "config.ini"]
import runpy
runpy.run_module("morph_kgc", run_name="__main__")
"""

MAPLIB = """
import sys
from pathlib import Path
import polars as pl
from maplib import Model
model = Model()
for template in sorted(Path(sys.argv[1]).glob("*.ottr")):
    model.add_template(template.read_text())
    model.map("https://example.org/templates#" + template.stem, pl.read_parquet(template.with_suffix(".parquet")))
model.write(sys.argv[2], format="ntriples")
"""


@dataclass(frozen=True)
class Measurement:
    """What a process took, and what it printed; None where it was stopped or failed."""

    seconds: float
    processor: float
    megabytes: float
    printed: str | None


def measured(command: list[str], limit: float, where: Path) -> Measurement:
    """Run a command and measure it with all its children."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, cwd=where, start_new_session=True
        )
        peak, usage, spent = 0.0, None, {}
        while usage is None:
            members = list(family(process.pid))
            peak = max(peak, sum(map(resident, members)))
            spent |= {each: max(spent.get(each, 0), processor(each)) for each in members}
            if time.perf_counter() - begun > limit:
                os.killpg(process.pid, 9)
            ended, status, resources = os.wait4(process.pid, os.WNOHANG)
            usage = resources if ended else None
            process.returncode = status if ended else None
            time.sleep(0 if ended else 0.02)
        seconds = time.perf_counter() - begun
        output.seek(0)
        errors.seek(0)
        if status:
            sys.stderr.write(errors.read().decode()[-2000:])
        printed = None if status else output.read().decode()
        # What a process does not wait for, such as the virtual machine of Spark, is only in the sum.
        used = max(usage.ru_utime + usage.ru_stime, sum(spent.values()))
        return Measurement(seconds, used, peak, printed)


def family(pid: int) -> Iterator[int]:
    """List a process and those it started."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def resident(pid: int) -> float:
    """Give the resident set of a process in megabytes; 0 if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor(pid: int) -> float:
    """Give the seconds of processor time that a process has used; 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def same_triples(path: Path, folder: Path) -> tuple[int, str]:
    """Count the triples of a file, and compute a digest independent of order and lexical forms."""
    unsorted, ordered = folder / "unsorted", folder / "sorted"
    with path.open("rb") as stream, unsorted.open("w", encoding="utf-8") as target:
        for quad in parse(stream, RdfFormat.N_TRIPLES):
            target.write(f"{quad.subject} {quad.predicate} {plain(quad.object)}\n")
    sort = shutil.which("sort") or "sort"
    command = [sort, "-u", "-S", "512M", "-T", str(folder), "-o", str(ordered), str(unsorted)]
    subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, check=True)
    unsorted.unlink()
    with ordered.open("rb") as stream:
        digest, count = hashlib.sha256(), 0
        for line in stream:
            digest.update(line)
            count += 1
    ordered.unlink()
    return count, digest.hexdigest()


def plain(term: object) -> str:
    """Write a term, with times in UTC and decimals without redundant zeros."""
    if isinstance(term, Literal):
        if term.datatype.value == XSD + "dateTimeStamp":
            return datetime.fromisoformat(term.value).astimezone(UTC).isoformat()
        if term.datatype.value == XSD + "decimal":
            return str(Decimal(term.value).normalize())
    return str(term)


def commands(folder: Path) -> dict[str, tuple[list[str], Path, str]]:
    """Give for each engine its command, without the output, and its working directory."""
    peers = os.environ.get("MAPPERS_PYTHON", str(ROOT / ".venv-mappers" / "bin" / "python"))
    return {
        "ours": ([sys.executable, "-c", OURS, str(folder / "parquet")], folder, ""),
        "bare": ([sys.executable, "-c", BARE, str(folder / "lines.parquet")], folder, ""),
        "morph": ([peers, "-c", MORPH, "-"], folder / "csv", str(RML)),
        "maplib": ([peers, "-c", MAPLIB, str(folder / "ottr")], folder, ""),
    }


def common(rows: int, engines: list[str], runs: int, limit: float, seed: int) -> None:
    """Measure the common mapping, and print a table."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_rows(folder / "rows.csv", rows, seed)
        prepare(claim_tables(folder / "rows.csv"), folder)
        print(f"\nClaim tables of {rows:,} rows to N-Triples:\n")
        print(
            "| Engine | Seconds | Thousand triples/s | Of ours | Processor s | Of ours | Peak MB | Triples |"
        )
        print("|---|--:|--:|--:|--:|--:|--:|---|")
        reference: tuple[int, str] | None = None
        ours: Measurement | None = None
        for engine in ["ours", *(each for each in engines if each != "ours")]:
            command, where, last = commands(folder)[engine]
            output = folder / f"{engine}.nt"
            words = [*command, str(output), *([last] if last else [])]
            taken = sorted(
                (measured(words, limit, where) for _ in range(runs)),
                key=lambda each: each.seconds,
            )
            middle = taken[len(taken) // 2]
            if middle.printed is None:
                print(
                    f"| {engine} | stopped after {middle.seconds:.0f} ||||| {middle.megabytes:,.0f} ||"
                )
                continue
            found = same_triples(output, folder)
            if reference is None or ours is None:
                reference, ours = found, middle
                lines = pl.scan_csv(
                    output, has_header=False, separator="\x01", quote_char=None, infer_schema=False
                )
                lines.sink_parquet(folder / "lines.parquet", compression="uncompressed")
            if found != reference:
                raise SystemExit(f"{engine} wrote {found[0]:,} triples, and not the same")
            if engine == "bare" and not filecmp.cmp(output, folder / "ours.nt", shallow=False):
                raise SystemExit("the bare write wrote other bytes")
            print(
                f"| {engine} | {middle.seconds:.2f} | {found[0] / middle.seconds / 1000:,.0f} "
                f"| {middle.seconds / ours.seconds:.1f} | {middle.processor:.2f} "
                f"| {middle.processor / ours.processor:.1f} | {middle.megabytes:,.0f} "
                f"| {found[0]:,}, the same |",
                flush=True,
            )
            if engine not in ("ours", "bare"):
                output.unlink()


def whole(sizes: list[int], compressions: list[str], limit: float, seed: int) -> None:
    """Measure the whole mapping, and print a table."""
    print("\nThe table as published to N-Quads, ours:\n")
    print(
        "| Rows | Output | Seconds | Thousand triples/s | Processor s | Peak MB | Triples | Bytes |"
    )
    print("|--:|---|--:|--:|--:|--:|--:|--:|")
    for rows in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            write_rows(folder / "rows.csv", rows, seed)
            for suffix in compressions:
                output = folder / f"out{suffix}"
                words = [sys.executable, "-c", WHOLE, str(folder / "rows.csv"), str(output)]
                took = measured(words, limit, folder)
                if took.printed is None:
                    print(f"| {rows:,} | {suffix[1:]} | stopped after {took.seconds:.0f} s |||||")
                    continue
                count, size = int(took.printed), output.stat().st_size
                output.unlink()
                print(
                    f"| {rows:,} | {suffix[1:]} | {took.seconds:.1f} "
                    f"| {count / took.seconds / 1000:,.0f} | {took.processor:.1f} | {took.megabytes:,.0f} "
                    f"| {count:,} | {size:,} |",
                    flush=True,
                )


def machine() -> str:
    """Say where this ran."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("polars", "pyoxigraph")
    )
    python = platform.python_version()
    return f"{os.cpu_count()} cores; Python {python}, {versions}; load before: {load}."


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[350_000])
    parser.add_argument("--outputs", nargs="+", default=[".nq", ".nq.gz", ".nq.zst"])
    parser.add_argument("--common", type=int, nargs="*", default=[20_000])
    parser.add_argument("--with", dest="engines", nargs="+", default=["ours", "bare"])
    parser.add_argument(
        "--runs", type=int, default=1, help="number of runs, of which the median is reported"
    )
    parser.add_argument("--limit", type=float, default=1800, help="seconds before one is stopped")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(machine())
    for rows in chosen.common:
        common(rows, chosen.engines, chosen.runs, chosen.limit, chosen.seed)
    if chosen.rows:
        whole(chosen.rows, chosen.outputs, chosen.limit, chosen.seed)


if __name__ == "__main__":
    main()
