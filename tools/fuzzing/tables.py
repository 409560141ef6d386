"""Fuzzes the mapping of tables: CSV, JSON, workbooks and Parquet.

Each must be mapped, rejected row by row, or refused with an error that leaves no file behind. They are
mapped in a separate process with limits on time and memory.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

__all__ = ["run"]

_ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 60
_MOST_BYTES: Final = 6 << 30
_EVENT: Final = (
    ("id", "1001"),
    ("type_of_violence", "1"),
    ("conflict_new_id", "900"),
    ("conflict_name", "Alderland: Government"),
    ("dyad_new_id", "950"),
    ("dyad_name", "Government of Alderland - Alder Front"),
    ("side_a_new_id", "70"),
    ("side_a", "Government of Alderland"),
    ("side_b_new_id", "71"),
    ("side_b", "Alder Front"),
    ("country", "Alderland"),
    ("country_id", "999"),
    ("date_start", "2016-03-03"),
    ("date_end", "2016-03-04"),
    ("deaths_a", "1"),
    ("deaths_b", "1.0"),
    ("deaths_civilians", "0"),
    ("deaths_unknown", ""),
    ("best", "2"),
    ("low", "2"),
    ("high", "3"),
    ("latitude", "34.5"),
    ("longitude", "38.2"),
    ("source_article", '"Gazette,2016-03-04,Two killed"'),
    ("source_original", "police; a “resident” of Ærø"),
)
_DAY: Final = {
    "report_date": "2024-01-01",
    "report_source": "mohtel",
    "report_period": 24,
    "killed": 3,
    "verified": {"killed_cum": 7},
    "ext_injured": 4,
}
_PIECES: Final = [
    *(b",", b";", b"\t", b"|", b'"', b"'", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xe9", b"\xc3"),
    *(
        b"#",
        b"#N/A",
        b"#date+start",
        b"sep=;",
        b"=",
        b"-1",
        b"1e999",
        b"0016-01-01",
        b"2999",
        b"NaN",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"null",
        b"true",
        b"\\ud800",
        b"\\u0000",
        b"[" * 3000,
        b"9" * 400,
    ),
    *(b"<v>", b"</v>", b"<f/>", b't="s"', b't="e"', b's="1"', b"&amp;", b"&x;", b"XFD1048576"),
    *(
        b'hidden="1"',
        b"<mergeCell ref='A1:XFD9'/>",
        b"A0",
        b"4294967296",
        "٣".encode(),
        b"\xef\xbb\xbf",
    ),
]


def run(seed: int, inputs: int) -> Counter[str]:
    """Try a number of tables.

    Parameters
    ----------
    seed
        Seed of the random numbers; the same seed gives the same inputs.
    inputs
        How many.

    Returns
    -------
    Counter
        How many were mapped, mapped in part, and refused; every other outcome begins with
        ``finding:`` and names the number of the table.
    """
    outcomes: Counter[str] = Counter()
    number = 0
    while number < inputs:
        child = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", __name__, str(seed), str(number), str(inputs)],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with child:
            for line in child.stdout or ():
                outcomes[line.rstrip("\n")] += 1
                number += 1
        if number < inputs:
            outcomes[_died(number, child.returncode)] += 1
            number += 1
    return outcomes


def _died(number: int, code: int) -> str:
    if _KINDS[number % len(_KINDS)] == "parquet" and code != -signal.SIGALRM:
        return "refused, by the process that tries Parquet"  # here it is this one
    return f"finding: {number}: the process died with {code}"


def _child(seed: int, first: int, last: int) -> None:
    """Map tables, and write one line for each."""
    import resource

    from testimonia.tables import batch_reader
    from testimonia.tables.sheets import containers

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for module in (batch_reader, containers):
        module.check_parquet = _probed  # type: ignore[attr-defined]
    for number in range(first, last):
        signal.alarm(_SECONDS)  # without a handler, it ends the process
        with tempfile.TemporaryDirectory() as folder:
            outcome = _outcome(random.Random(f"{seed} {number}"), number, Path(folder))  # noqa: S311
        signal.alarm(0)
        os.write(1, f"{outcome}\n".encode())


def _probed(path: Path, shown: Path, manner: object) -> None:  # noqa: ARG001 - as it is called
    """Read Parquet in this process, which may crash."""
    import polars as pl

    from testimonia.errors import Place, SyntaxFault
    from testimonia.tables.inputs.error_boundary import Unusable, error_boundary

    try:
        with error_boundary():
            for _ in pl.scan_parquet(path, glob=False).collect_batches():
                pass
    except Unusable as error:
        raise SyntaxFault(str(error), place=Place(shown)) from None


def _outcome(source: random.Random, number: int, folder: Path) -> str:
    from testimonia.cli import run as command

    words = _MAKERS[_KINDS[number % len(_KINDS)]](source, folder)
    output = folder / "out.nq"
    said, complained = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            code = command(["map", *words, "-o", str(output)])
    except BaseException as error:  # noqa: BLE001 - panics of Rust are not an Exception
        return f"finding: {number}: {type(error).__name__}: {error!s:.200}".replace("\n", " ")
    complained.seek(0)
    complaint = complained.read().strip()
    left = sorted(path.name for path in folder.iterdir() if path.name.startswith((".", "out")))
    expected = {
        0: ["out.nq"],
        1: ["out.nq", "out.nq.rejects.csv"],
        2: [],
    }.get(code)
    if left != expected or (code == 2 and not complaint.startswith("error: ")):
        why = complaint.partition("\n")[0]
        return f"finding: {number}: exited with {code}, {left}: {why:.200}"
    if code < 2 and (why := _malformed(output)):
        return f"finding: {number}: {why:.200}"
    return ("mapped", "mapped in part", "refused")[code]


def _malformed(output: Path) -> str:
    from pyoxigraph import RdfFormat, parse

    try:
        for _ in parse(output.read_bytes(), RdfFormat.N_QUADS):
            pass
    except SyntaxError as error:
        return f"the output is malformed: {error}"
    return ""


def _changed(content: bytes, source: random.Random, most: int = 4) -> bytes:
    """Change some bytes: remove, insert, duplicate or truncate them."""
    for _ in range(source.randrange(most + 1)):
        place = source.randrange(len(content) + 1)
        end = min(place + source.choice([0, 1, 1, 2, 8, 64]), len(content))
        kind = source.randrange(6)
        if kind == 0:
            content = content[:place] + content[end:]
        elif kind == 1:
            content = content[:end] + content[place:]
        elif kind == 2 and source.random() < 0.2:
            content = content[:place]
        elif kind == 3:
            content = content[:place] + source.randbytes(end - place) + content[end:]
        else:
            content = content[:place] + source.choice(_PIECES) + content[end:]
    return content


def _packed(content: bytes, source: random.Random) -> bytes:
    chance = source.random()
    if chance < 0.1:
        with contextlib.suppress(UnicodeError):
            return content.decode().encode(source.choice(["utf-16", "utf-16-le", "cp1252"]))
    if chance < 0.15:
        return _changed(gzip.compress(content), source, 1)
    if chance < 0.2:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t.csv", content)
        return _changed(stream.getvalue(), source, 1)
    return content


def _rows(source: random.Random) -> bytes:
    stream = io.StringIO(newline="")
    end = source.choice(["\n", "\r\n", "\r"])
    rows = csv.writer(stream, delimiter=source.choice(",,,;\t|"), lineterminator=end)
    rows.writerow(name for name, _ in _EVENT)
    for place in range(source.randrange(1, 4)):
        rows.writerow(str(1001 + place) if name == "id" else cell for name, cell in _EVENT)
    return stream.getvalue().encode()


def _csv(source: random.Random, folder: Path) -> list[str]:
    path = folder / "events.csv"
    path.write_bytes(_packed(_changed(_rows(source), source), source))
    return ["ucdp-ged", str(path)]


def _json(source: random.Random, folder: Path) -> list[str]:
    path = folder / "days.json"
    days = [_DAY, {**_DAY, "report_date": "2024-01-02", "killed": None}]
    path.write_bytes(_packed(_changed(json.dumps(days).encode(), source), source))
    return ["gaza-daily", str(path)]


def _sheet() -> dict[str, list[list[str]]]:
    found = {}
    for path in sorted((_ROOT / "examples" / "port-alder-sheet").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem] = list(csv.reader(stream))
    return found


def _sheet_of_csv(source: random.Random, folder: Path) -> list[str]:
    directory = folder / "sheet"
    directory.mkdir()
    odd = source.choice(sorted(_sheet()))
    for name, rows in _sheet().items():
        stream = io.StringIO(newline="")
        csv.writer(stream).writerows(rows)
        content = stream.getvalue().encode()
        if name == odd:
            content = _packed(_changed(content, source), source)
        (directory / f"{name}.csv").write_bytes(content)
    return ["sheet", str(directory)]


def _workbook(source: random.Random, folder: Path) -> list[str]:
    from testimonia.tables.sheets.workbooks import write

    whole, path = io.BytesIO(), folder / "sheet.xlsx"
    write(
        path, {name: [[c or None for c in row] for row in rows] for name, rows in _sheet().items()}
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        odd = source.choice(old.namelist())
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, _changed(content, source) if part == odd else content)
    content = whole.getvalue()
    path.write_bytes(_changed(content, source, 2) if source.random() < 0.2 else content)
    return ["sheet", str(path)]


def _parquet(source: random.Random, folder: Path) -> list[str]:
    import polars as pl

    if source.random() < 0.5:
        path = folder / "events.parquet"
        pl.DataFrame([dict(_EVENT)]).write_parquet(path)
        path.write_bytes(_changed(path.read_bytes(), source))
        return ["ucdp-ged", str(path)]
    directory = folder / "sheet"
    directory.mkdir()
    odd = source.choice(sorted(_sheet()))
    for name, (header, *rows) in _sheet().items():
        path = directory / f"{name}.parquet"
        cells = [[cell or None for cell in row] for row in rows]
        pl.DataFrame(cells, schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(
            path
        )
        if name == odd:
            path.write_bytes(_changed(path.read_bytes(), source))
    return ["sheet", str(directory)]


_MAKERS: Final[dict[str, Callable[[random.Random, Path], list[str]]]] = {
    "csv": _csv,
    "json": _json,
    "sheet": _sheet_of_csv,
    "workbook": _workbook,
    "parquet": _parquet,
}
_KINDS: Final = list(_MAKERS)


if __name__ == "__main__":
    _child(*map(int, sys.argv[1:4]))
