"""Lines are sorted without duplicates, however little memory there is."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.rdf.canonical import Sorter, sorting

LINES = st.lists(st.text("ab<>\0é😀", max_size=4).map(lambda text: text.encode() + b"\n"))


def given_back(sorter: Sorter) -> list[bytes]:
    return [line for batch in sorter.batches() for line in batch]


@given(st.lists(LINES), st.integers(1, 60))
def test_any_lines_in_any_memory(portions: list[list[bytes]], memory: int) -> None:
    with TemporaryDirectory() as folder:
        sorter = Sorter(Path(folder), memory)
        for portion in portions:
            sorter.add(portion)
        expected = sorted({line for portion in portions for line in portion})
        assert given_back(sorter) == expected
        assert given_back(sorter) == expected
        sorter.close()


def test_more_runs_than_files_may_be_open(tmp_path: Path) -> None:
    sorter = Sorter(tmp_path, memory=1)
    lines = [f"{number * 7919 % 1000:04}\n".encode() for number in range(1000)]
    for line in lines:
        sorter.add([line])
        assert len(sorter._runs) < sorting._MOST_RUNS
    assert given_back(sorter) == sorted(lines)
    sorter.close()


def test_blocks_are_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "_BLOCK", 8)
    sorter = Sorter(tmp_path, memory=40)
    lines = [f"{number * 613 % 500:03}\n".encode() for number in range(500)]
    sorter.add(lines[:250])
    sorter.add(lines[200:])
    batches = list(sorter.batches())
    assert len(batches) > 20
    assert [line for batch in batches for line in batch] == sorted(lines)
    sorter.close()


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    sorter = Sorter(tmp_path, memory=1)
    sorter.add([b"b\n"])
    sorter.add([b"a\n"])
    assert list(tmp_path.iterdir()) == []
    assert given_back(sorter) == [b"a\n", b"b\n"]
    sorter.close()
    assert given_back(sorter) == []


def test_no_lines(tmp_path: Path) -> None:
    assert given_back(Sorter(tmp_path)) == []
