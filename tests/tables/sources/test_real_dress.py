"""Real files in the dress of a spreadsheet: the same figures, and those that the csv module adds up."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from testimonia.tables.mapping import map_files
from testimonia.tables.sources import find

SAMPLE = Path(__file__).parents[4] / "shared" / "datasets" / "ucdp-ged" / "ucdp_ged_sample1000.csv"

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of UCDP GED is not there")

_BEST = re.compile(r"^<[^>]*/([0-9]+)/best> <[^>]*#lowerBound> \"([0-9]+)\"", re.MULTILINE)


def rows() -> list[list[str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def tabs(path: Path) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter="\t").writerows(rows())
    path.write_text(stream.getvalue(), "utf-16", newline="")


def archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(SAMPLE, "GEDEvent.csv")


def workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": True, "strings_to_urls": False}) as book:
        page = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows()):
            for place, cell in enumerate(row):
                page.write(number, place, cell) if cell else None


@pytest.mark.parametrize("make", [tabs, archive, workbook])
def test_the_figures_are_those_that_the_csv_module_reads(tmp_path: Path, make: object) -> None:
    path = tmp_path / "table"
    make(path)  # type: ignore[operator]
    run = map_files(find("ucdp-ged"), [path], tmp_path / "out.nq")
    header, *events = rows()
    best, number = header.index("best"), header.index("id")
    rejected = run.rejected[str(path)]
    assert run.read[str(path)] == len(events)
    mapped = dict(_BEST.findall((tmp_path / "out.nq").read_text("utf-8")))
    wanted = {row[number].removesuffix(".0"): row[best].removesuffix(".0") for row in events}
    assert len(mapped) == len(wanted) - rejected
    assert mapped.items() <= wanted.items()
