"""What is kept of the shipped data gives what reading and deriving give, and never anything else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

import testimonia
from testimonia.catalogue import resources
from testimonia.dataset import Dataset
from testimonia.derivation import snapshots
from testimonia.derivation.policies import shipped
from testimonia.derivation.running import digest
from testimonia.namespaces import RDF, TMN

CLAIM = "urn:x:claim"
ADDED = (
    f"<{CLAIM}> a <https://w3id.org/testimonia/ns#Claim> ; "
    "<https://w3id.org/testimonia/ns#proposition> <urn:x:proposition> .\n"
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("TESTIMONIA_CACHE", str(folder))
    return folder


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Ship one incident only, from files that a test may change."""
    files = []
    for path in resources.data():
        if path.parent.parent.name != "incidents" or path.parent.name.endswith("palmyra"):
            files.append(tmp_path / f"{path.parent.name}-{path.name}")
            files[-1].write_bytes(path.read_bytes())
    files.sort()
    monkeypatch.setattr(resources, "data", lambda: list(files))
    return files


def concluded() -> Dataset:
    dataset = testimonia.open()
    dataset.facts()
    for policy in shipped():
        dataset.accept(policy.name)
    return dataset


def facts(dataset: Dataset) -> set[str]:
    return {str(triple) for triple in dataset.facts()}


def test_a_snapshot_gives_what_is_derived_afresh(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTIMONIA_CACHE", "")
    afresh = concluded()
    monkeypatch.setenv("TESTIMONIA_CACHE", str(cache))
    written = concluded()
    recalled = testimonia.open()
    monkeypatch.setattr(snapshots, "keep", pytest.fail)  # all is recalled, and nothing is computed
    recalled.facts()
    for policy in reversed(shipped()):
        recalled.accept(policy.name)
    wanted = (len(afresh.store), afresh.store.sizes(), digest(afresh.store))
    assert (len(written.store), written.store.sizes(), digest(written.store)) == wanted
    assert (len(recalled.store), recalled.store.sizes(), digest(recalled.store)) == wanted
    assert len(list(cache.iterdir())) == 2 + len(shipped())


@pytest.mark.usefixtures("few")
def test_nothing_is_derived_before_it_is_needed() -> None:
    size = len(testimonia.open().store)
    concluded()
    assert len(testimonia.open().store) == size
    answer = testimonia.open().query("SELECT * { ?p tmn:upheldBy ?claim }")
    assert not answer
    assert "nothing was derived" in answer.notes[0]


def test_changed_data_are_noticed(few: list[Path]) -> None:
    before = facts(testimonia.open())
    assert facts(testimonia.open()) == before
    with few[0].open("a", encoding="utf-8") as file:
        file.write(ADDED)
    dataset = testimonia.open()
    assert {line for line in facts(dataset) - before if CLAIM in line}
    assert any(quad.subject == NamedNode(CLAIM) for quad in dataset.store)


@pytest.mark.usefixtures("few")
def test_changed_rules_and_policies_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = facts(concluded())
    rules = resources.rules()[:5]
    with monkeypatch.context() as patch:
        patch.setattr(resources, "rules", lambda: rules)
        assert len(facts(testimonia.open())) < len(before)
    policy = tmp_path / shipped()[0].path.name
    text = shipped()[0].path.read_text(encoding="utf-8")
    policy.write_text(text.replace("#+ version: ", "#+ version: 9"), encoding="utf-8")
    monkeypatch.setattr(resources, "policies", lambda: [policy])
    dataset = testimonia.open()
    dataset.accept(policy.stem)
    versions = dataset.store.query(f"SELECT ?v {{ <{shipped()[0].iri.value}> owl:versionInfo ?v }}")
    assert b'\n"9' in versions.content


def test_the_engine_is_part_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    name = snapshots.of_shipped_data()
    assert name == snapshots.of_shipped_data()
    monkeypatch.setattr(snapshots.pyoxigraph, "__version__", "0.0.0")
    assert snapshots.of_shipped_data() != name


@pytest.mark.usefixtures("few")
def test_a_store_that_was_changed_is_derived_from_as_it_is() -> None:
    before = facts(testimonia.open())
    dataset = testimonia.open()
    claim = NamedNode(CLAIM)
    dataset.store.load(
        [
            Quad(claim, RDF.type, TMN.Claim),
            Quad(claim, TMN.proposition, NamedNode("urn:x:proposition")),
        ]
    )
    assert {line for line in facts(dataset) - before if CLAIM in line}
    assert facts(testimonia.open()) == before  # and it was not kept


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("damage", ["truncated", "empty", "another", "flipped", "a folder"])
def test_a_damaged_snapshot_is_made_again(
    cache: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = digest(concluded().store)
    paths = sorted(cache.iterdir())
    whole = {path: path.read_bytes() for path in paths}
    for path, other in zip(paths, [*paths[1:], paths[0]], strict=True):
        content = whole[path]
        middle = len(content) // 2
        if damage == "a folder":
            path.unlink()
            path.mkdir()
            continue
        path.write_bytes(
            {
                "truncated": content[:middle],
                "empty": b"",
                "another": whole[other],
                "flipped": content[:middle]
                + bytes([content[middle] ^ 255])
                + content[middle + 1 :],
            }[damage]
        )
    assert digest(concluded().store) == wanted
    if damage != "a folder":  # which is left alone
        monkeypatch.setattr(snapshots, "keep", pytest.fail)
        assert digest(concluded().store) == wanted


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("time_limit", [None, 60])
def test_a_time_limit_makes_no_difference(time_limit: float | None) -> None:
    def asked() -> tuple[str, str]:
        dataset = testimonia.open()
        rows = dataset.ask("accepted-figures", time_limit=time_limit)
        return str(list(rows)), digest(dataset.store)

    assert asked() == asked()
    dataset = concluded()
    assert digest(testimonia.open().store) != digest(dataset.store)


def test_other_data_are_not_kept(few: list[Path], cache: Path) -> None:
    testimonia.open(*few[1:]).facts()
    testimonia.open(*few, base="urn:x:base/").facts()
    assert not cache.exists()


@pytest.mark.usefixtures("few")
def test_the_oldest_are_removed(cache: Path) -> None:
    cache.mkdir()
    for number in range(60):
        old = cache / f"{number:02}.nq.zst"
        old.touch()
        os.utime(old, (number, number))
    testimonia.open().facts()
    left = {path.name for path in cache.iterdir()}
    assert len(left) == 40
    assert not left & {f"{number:02}.nq.zst" for number in range(20)}


def command(cache: Path | str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "testimonia", "ask", "confirmed-figures", "--format", "csv"],
        env={**os.environ, "TESTIMONIA_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_at_once_give_one_answer(cache: Path) -> None:
    first = [process.communicate(timeout=300) for process in [command(cache) for _ in range(3)]]
    again, errors = command(cache).communicate(timeout=300)
    assert errors == ""  # only the first time is there a line
    assert "kept what was computed from the shipped data" in "".join(error for _, error in first)
    assert {answer for answer, _ in first} == {again}
    assert len(again.splitlines()) > 2
    assert all(path.name.endswith(".nq.zst") for path in cache.iterdir())
    assert len(list(cache.iterdir())) == 2


def test_without_a_cache_all_is_computed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answers = [command(cache).communicate(timeout=300) for cache in ("", tmp_path / "file" / "x")]
    assert answers[0] == answers[1]
    assert len(answers[0][0].splitlines()) > 2
    assert answers[0][1] == ""
