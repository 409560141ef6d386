"""A store in a directory is made on purpose only, replaced in one step, and never lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

import testimonia
from testimonia.cli import run
from testimonia.errors import InputError
from testimonia.loading import load
from testimonia.outputs import swapping
from testimonia.query.store import Store
from testimonia.query.store_directories import Change, change

PRECIOUS = '<x:s> <x:p> "precious" <x:a> .\n'
OTHER = '<x:s> <x:p> "other" <x:b> .\n'


def made(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        source = folder / f"{number}.nq"
        source.write_text(text)
        load(source, folder / "store")
        source.unlink()
    return folder / "store"


def held(directory: Path) -> set[str]:
    return {f"{quad} .\n" for quad in Store(directory)}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


READING = [
    ("query", "-e", "ASK {}"),
    ("ask", "claims-about-event", "--event", "event:x"),
    ("describe", "event:x"),
    ("explain", "event:x"),
    ("accept", "--policy", "evidence-grade"),
    ("tables", "--output", "tables"),
]


@pytest.mark.parametrize(
    ("words", "more"),
    [
        *(
            (words, more)
            for words in READING
            for more in ((), ("--shipped",), ("--data", "own.nt"))
        ),
        (("serve", "--port", "0"), ()),
    ],
    ids=str,
)
def test_what_only_reads_makes_no_store(
    words: tuple[str, ...],
    more: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    made(tmp_path, PRECIOUS)
    Path("own.nt").write_text("<x:s> <x:p> <x:o> .\n")
    assert run([*words, "--store", "stor", *more]) == 2
    complaint = capsys.readouterr().err
    assert "there is no store here" in complaint
    assert f"nearest is {tmp_path / 'store'}" in complaint.replace("\n", "")
    assert names(tmp_path) == ["own.nt", "store"]


def test_an_empty_directory_is_no_store_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["query", "-e", "ASK {}", "--store", str(tmp_path / "empty")]) == 2
    assert "this directory holds no store" in capsys.readouterr().err
    assert names(tmp_path / "empty") == []


def test_derive_makes_a_store_of_data_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "own.nt").write_text("<x:s> <x:p> <x:o> .\n")
    store = str(tmp_path / "store")
    assert run(["derive", "--store", store]) == 2
    assert names(tmp_path) == ["own.nt"]
    assert run(["derive", "--data", str(tmp_path / "own.nt"), "--store", store]) == 0
    assert run(["query", "-e", "ASK { <x:s> ?p ?o }", "--store", store]) == 0
    assert names(tmp_path) == ["own.nt", "store"]


def test_a_dataset_makes_no_store_of_data_that_nobody_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no store here"):
        testimonia.open(store=tmp_path / "store")
    assert names(tmp_path) == []


def test_a_store_that_was_moved_aside_is_put_back_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    store = made(tmp_path, PRECIOUS)
    ask = ["query", "--store", str(store), "-e", 'ASK { ?s ?p "precious" }']
    store.rename(tmp_path / ".store.before")
    assert run(ask) == 0
    assert capsys.readouterr().out == "yes\n"
    assert "put back" in caplog.text
    store.rename(tmp_path / ".store.before")
    made(tmp_path, OTHER)
    assert {PRECIOUS, OTHER} <= held(store)
    assert names(tmp_path) == ["store"]


def test_what_another_run_moved_aside_is_never_removed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = made(tmp_path, PRECIOUS)
    store.rename(tmp_path / ".store.before")
    (tmp_path / "elsewhere").mkdir()
    shutil.move(made(tmp_path / "elsewhere", OTHER), store)
    made(tmp_path, OTHER)
    assert held(tmp_path / ".store.before") == {PRECIOUS}
    assert "see which of them you need" in caplog.text


def test_without_an_exchange_the_old_store_lies_aside_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    store = made(tmp_path, PRECIOUS, OTHER)
    assert held(store) == {PRECIOUS, OTHER}
    assert names(tmp_path) == ["store"]
    renamed, calls = Path.rename, []

    def rename(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise KeyboardInterrupt  # between the two steps
        return renamed(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    (tmp_path / "more.nq").write_text("<x:s> <x:p> <x:o> <x:c> .\n")
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path / "more.nq", store)
    assert held(store) == {PRECIOUS, OTHER}
    assert names(tmp_path) == ["more.nq", "store"]


def test_what_lies_aside_is_in_the_way_of_a_store_that_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    store = made(tmp_path, PRECIOUS)
    (tmp_path / ".store.before").mkdir()
    with pytest.raises(InputError, match="is in the way"):
        change(store, lambda copy: copy.clear(NamedNode("x:a")))
    assert held(store) == {PRECIOUS}


def test_what_lies_beside_the_files_of_a_store_is_not_lost_with_them(tmp_path: Path) -> None:
    store = made(tmp_path, PRECIOUS)
    (store / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"something beside the store \(notes.txt\)"):
        made(tmp_path, OTHER)
    assert (store / "notes.txt").read_text() == "mine"


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = made(tmp_path, PRECIOUS)
    store.chmod(0o750)

    def fail(copy: Store) -> None:
        copy.load([Quad(NamedNode("x:a"), NamedNode("x:b"), NamedNode("x:c"))])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change(store, fail)
    assert held(store) == {PRECIOUS}
    change(store, lambda copy: copy.clear(NamedNode("x:a")))
    assert held(store) == set()
    assert store.stat().st_mode & 0o777 == 0o750
    assert names(tmp_path) == ["store"]


def test_a_store_whose_change_is_not_finished_is_as_it_was(tmp_path: Path) -> None:
    store = made(tmp_path, PRECIOUS)
    with Change(store) as under_way:
        under_way.begin().clear(NamedNode("x:a"))
    assert held(store) == {PRECIOUS}


@pytest.mark.parametrize("damage", ["CURRENT", "MANIFEST", ".sst"])
@pytest.mark.parametrize("words", [("query", "-e", "SELECT * { ?s ?p ?o }"), ("tables", "-o", "t")])
def test_a_damaged_store_is_bad_input(
    damage: str,
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    store = made(tmp_path, PRECIOUS)
    for path in store.iterdir():
        if damage in path.name:
            path.write_bytes(bytes(255 - byte for byte in path.read_bytes()))
    assert run([*words, "--store", str(store)]) == 2
    complaint = capsys.readouterr().err
    assert "store" in complaint
    assert "internal error" not in complaint


@pytest.mark.slow
def test_a_graph_of_one_rule_is_not_taken_for_all_that_was_derived(tmp_path: Path) -> None:
    """As a kill in the middle of a derivation leaves it."""
    dataset = testimonia.open(shipped=True, store=tmp_path / "store")
    whole = dataset.derive()
    store = dataset.store
    graphs = store.graphs(NamedNode("https://w3id.org/testimonia/id/graph/derived"))
    store.clear(NamedNode("https://w3id.org/testimonia/id/graph/derived"))
    for graph in graphs[3:]:
        store.clear(graph)
    assert len(dataset.facts()) == whole.total


@pytest.mark.parametrize("name", ["a" * 250, "/", "nul\0"])
def test_names_that_no_store_can_have(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = name if name == "/" else str(tmp_path / name)
    assert run(["query", "--store", where, "-e", "ASK {}"]) == 2
    assert "internal error" not in capsys.readouterr().err


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    store = made(tmp_path, PRECIOUS)
    long = store.rename(tmp_path / ("a" * 255))
    source = tmp_path / "other.nq"
    source.write_text(OTHER)
    load(source, long)
    assert held(long) == {PRECIOUS, OTHER}
