"""The answers on each shipped incident are those that a careful reader worked out by hand.

Each folder has the page that was written before any question was asked (expected.md), and tables of what
it says in names of the data. A row that starts with a hash is what the page expected and the answers
do not give, with the reason at the end of the page.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import testimonia
from testimonia.dataset import Dataset
from testimonia.namespaces import expand, shorten

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/expected.md"))
NAMES = [folder.name for folder in FOLDERS]
Row = tuple[str, ...]


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    return testimonia.open()


def table(folder: Path, name: str) -> tuple[list[str], set[Row]]:
    """Read a table written by hand; a row stands once."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    kept = [tuple(row) for row in rows if row and not row[0].startswith("#")]
    assert len(kept) == len(set(kept)), f"{folder.name}/{name}.csv says something twice"
    return header, set(kept)


def incidents(folder: Path) -> list[str]:
    """Read which events the tables of a folder are about, from the first line of its page."""
    first = (folder / "expected.md").read_text(encoding="utf-8").splitlines()[0]
    return [word.strip("`,") for word in first.split() if word.startswith("`event:")]


def cell(value: object) -> str:
    """Write a value as the tables have it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else shorten(str(value))


def answers(
    dataset: Dataset, folder: Path, question: str, header: list[str], **only: str
) -> set[Row]:
    """Ask a question of the events of a folder, and keep the columns of a table."""
    found = set()
    for event in incidents(folder):
        for row in dataset.ask(question, incident=event, **only):
            found.add(tuple(cell(row[name]) for name in header))
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("toll", "figures-by-claimant"),
        ("revisions", "revisions"),
        ("accounts", "perpetrator-accounts"),
        ("disputes", "disputes"),
    ],
)
def test_the_answers_are_those_of_the_page(
    shipped: Dataset, folder: Path, name: str, question: str
) -> None:
    header, wanted = table(folder, name)
    assert answers(shipped, folder, question, header) == wanted


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_what_only_looks_like_a_conflict_is_none(shipped: Dataset, folder: Path) -> None:
    shipped.ask("contradictions")
    _, pairs = table(folder, "no-conflicts")
    assert pairs
    conflicts = {
        (shorten(str(row["one"])), shorten(str(row["other"])))
        for row in shipped.query(
            "SELECT DISTINCT ?one ?other WHERE { ?claim tmn:conflictsWith/tmn:proposition ?other ; tmn:proposition ?one }"
        )
    }
    for one, other, *_ in pairs:
        for name in (one, other):
            assert shipped.describe(expand(name) or "") is not None
        assert (one, other) not in conflicts
        assert (other, one) not in conflicts


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_origins_are_counted_as_on_the_page(shipped: Dataset, folder: Path) -> None:
    _, wanted = table(folder, "origins")
    found = set()
    for event in incidents(folder):
        for row in shipped.ask("corroboration", incident=event):
            found.add(
                (shorten(str(row["proposition"])), str(row["origins"]), str(row["originsAtMost"]))
            )
    assert wanted
    assert wanted <= found, wanted - found


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_policies_accept_what_the_page_says(shipped: Dataset, folder: Path) -> None:
    header, wanted = table(folder, "accepted")
    assert header == [
        "policy",
        "harm",
        "victims",
        "accepts",
        "lower",
        "upper",
        "openAbove",
        "grade",
    ]
    assert wanted
    for policy in sorted({row[0] for row in wanted}):
        found = set()
        for event in incidents(folder):
            for row in shipped.accept(policy, incident=event):
                found.add((policy, *(cell(row[name]) for name in header[1:])))
        assert {row for row in wanted if row[0] == policy} <= found
