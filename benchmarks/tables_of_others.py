"""Maps real tables by others with a description, and compares counts and sums with the csv module's.

    python -m benchmarks.tables_of_others DESCRIPTION FILE... [--encoding NAME]

Nothing is fetched: get the files from their compilers, by their terms. What is added up by the csv module
are the plain numbers of the rows that were not rejected; figures with signs or words are counted apart.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from testimonia.namespaces import ONTOLOGY
from testimonia.tables import Manner, described, map_files, read_description
from testimonia.tables.descriptions.agreeing import name_of
from testimonia.tables.descriptions.described_rows import number_columns
from testimonia.tables.descriptions.description import Description, Figure

PLAIN = re.compile(r"([0-9]+)(\.0*)?")
QUAD = re.compile(rf"<([^>]+)> <{re.escape(ONTOLOGY)}(proposition|lowerBound|upperBound)> (\S+)")

Sums = dict[str, tuple[int, int]]
"""By figure and end: how many numbers, and their sum."""


def applies(figure: Figure, row: dict[str, str]) -> bool:
    """Return whether a figure is claimed of a row."""

    def is_one(column: str, values: tuple[str, ...]) -> bool:
        cell = (row.get(column) or "").strip().lower()
        return cell in [value.lower() for value in values]

    return all(is_one(*each) for each in figure.when.items()) and not any(
        is_one(*each) for each in figure.unless.items()
    )


def by_csv(path: Path, description: Description, rejected: set[int], encoding: str) -> Sums:
    """Add up the plain numbers of a table with the csv module."""
    found: dict[str, list[int]] = defaultdict(list)
    with path.open(encoding=encoding, newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 1):
            if number in rejected or any(
                (row.get(column) or "").strip().lower() in [each.lower() for each in values]
                for column, values in description.skip.items()
            ):
                continue
            for figure in description.figures:
                if figure.by or not applies(figure, row):
                    continue
                for which, column in number_columns(figure).items():
                    match = PLAIN.fullmatch((row.get(column) or "").strip())
                    if match and not (int(match[1]) == 0 and figure.zero == "nothing"):
                        found[f"{name_of(figure)} {which}"].append(int(match[1]))
    return {name: (len(numbers), sum(numbers)) for name, numbers in found.items()}


def by_quads(path: Path, description: Description) -> Sums:
    """Add up the bounds of exact figures and ranges that were mapped."""
    bounds: dict[str, dict[str, int]] = defaultdict(dict)
    figures: dict[str, str] = {}
    for subject, term, value in lines(path):
        if term == "proposition":
            figures[subject] = value.strip("<>")
        else:
            bounds[subject][term] = int(value.split('"')[1])
    found: dict[str, list[int]] = defaultdict(list)
    ends = {name_of(each): each for each in description.figures if not each.by}
    for claim, proposition in figures.items():
        name = claim.rpartition("/")[2]
        plain = name.removesuffix("-low").removesuffix("-high")
        figure = ends.get(name) or ends.get(plain)
        lower, upper = (bounds[proposition].get(f"{end}Bound") for end in ("lower", "upper"))
        if figure is None:
            continue
        if figure.column:
            if lower is not None and lower == upper:
                found[f"{name} column"].append(lower)
            continue
        for which, number in (("low", lower), ("high", upper)):
            if number is not None:
                found[f"{plain} {which}"].append(number)
    return {name: (len(numbers), sum(numbers)) for name, numbers in found.items()}


def lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """List the statements that figures are added up from: subject, term and value."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if match := QUAD.match(line):
                yield match[1], match[2], match[3]


def rejected_rows(path: str | Path | None) -> tuple[set[int], Counter[tuple[str, str]]]:
    """Read the numbers of the rejected rows, and how many were rejected why."""
    if path is None:
        return set(), Counter()
    with Path(path).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    reasons = Counter((row["column"], row["expected"][:60]) for row in rows)
    return {int(row["row"]) for row in rows}, reasons


def compare(name: str, path: Path, encoding: str | None) -> bool:
    """Map a file, print what was found, and return whether all counts and sums are the same."""
    description = read_description(name)
    csv.field_size_limit(1 << 30)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "out.nq")
        start = time.perf_counter()
        run = map_files(described(description), [path], output, manner=Manner(encoding))
        seconds = time.perf_counter() - start
        rejected, reasons = rejected_rows(run.rejects)
        (read,) = run.read.values()
        print(
            f"{path.name} as {description.name}: {read:,} rows, {len(rejected):,} rejected, "
            f"{run.quads:,} statements in {seconds:.1f} s"
        )
        for (column, expected), count in reasons.most_common(8):
            print(f"  rejected {count:,}: {column}: {expected}")
        for what, count in sorted(run.flagged.items()):
            print(f"  {what}: {count:,}")
        theirs = by_csv(path, description, rejected, encoding or "utf-8-sig")
        ours = by_quads(output, description)
    for figure in sorted(theirs.keys() | ours.keys()):
        one, other = theirs.get(figure, (0, 0)), ours.get(figure, (0, 0))
        print(
            f"  {figure:28} csv {one[0]:>9,} {one[1]:>11,}   mapped {other[0]:>9,} {other[1]:>11,}"
            + ("" if one == other else "   DIFFERENT")
        )
    return theirs == ours


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("description")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--encoding")
    given = parser.parse_args()
    same = [compare(given.description, path, given.encoding) for path in given.files]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
