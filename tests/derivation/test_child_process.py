"""What derives and assesses is stopped in time, and may die without taking the caller down."""

from __future__ import annotations

import os
import time
from pathlib import Path

import palmyra
import pytest

import testimonia
from testimonia.errors import PolicyError, QueryError, QuerySyntaxFault, TimeLimitExceeded
from testimonia.query.graph_names import ACCEPTED, DERIVED
from testimonia.query.results import Results
from testimonia.query.store import Store

HEAD = "#+ summary: Mine\n#+ version: 1.0\n#+ description: A policy of my own\n"
ENDLESS = (
    "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = 'x')"
)


def policy(folder: Path, where: str) -> Path:
    path = folder / "mine.rq"
    path.write_text(f"{HEAD}CONSTRUCT {{ ?a ?b ?c }} WHERE {{ {where} }}")
    return path


def computed(store: Store) -> set[str]:
    return {
        f"{graph} {triple}"
        for root in (DERIVED, ACCEPTED)
        for graph in store.graphs(root)
        for triple in store.statements(graph)
    }


def test_with_a_limit_the_same_follows_as_without() -> None:
    without, within = palmyra.opened(), palmyra.opened()
    rows, again = without.ask("accepted-figures"), within.ask("accepted-figures", time_limit=300)
    assert isinstance(rows, Results)
    assert isinstance(again, Results)
    assert list(rows) == list(again)
    assert computed(within.store) == computed(without.store)
    assert len(computed(within.store)) > 1000


def test_without_fork_and_on_disk_the_same_follows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = palmyra.opened()
    expected.ask("accepted-figures", policy="official-only")
    on_disk = testimonia.open(*palmyra.FILES, store=tmp_path / "store")
    on_disk.ask("accepted-figures", policy="official-only", time_limit=300)
    assert computed(on_disk.store) == computed(expected.store)
    monkeypatch.delattr(os, "fork")
    spawning = palmyra.opened()
    spawning.ask("accepted-figures", policy="official-only", time_limit=300)
    assert computed(spawning.store) == computed(expected.store)


def test_a_second_policy_leaves_what_is_there() -> None:
    dataset = palmyra.opened()
    dataset.accept("official-only", time_limit=300)
    before = computed(dataset.store)
    rows = dataset.accept("full-range", time_limit=300)
    assert len(rows) > 0
    assert before < computed(dataset.store)


def test_an_endless_policy_is_stopped(tmp_path: Path) -> None:
    dataset = palmyra.opened()
    dataset.derive()
    before = computed(dataset.store)
    began = time.monotonic()
    with pytest.raises(TimeLimitExceeded, match="accepting figures took longer than 2 seconds"):
        dataset.accept(policy(tmp_path, ENDLESS), time_limit=2)
    assert time.monotonic() - began < 20
    assert computed(dataset.store) == before


@pytest.mark.parametrize("limit", [None, 300])
def test_a_policy_that_exhausts_the_stack_ends_itself_alone(
    tmp_path: Path, limit: float | None
) -> None:
    dataset = palmyra.opened()
    dataset.derive()
    before = computed(dataset.store)
    mine = policy(tmp_path, f"?a ?b ?c FILTER({'!' * 200_000}true)")
    with pytest.raises(PolicyError, match="crashed its process") as caught:
        dataset.accept(mine, time_limit=limit)
    assert str(caught.value.place) == str(mine)
    with pytest.raises(QueryError, match="nested more than 500 deep"):
        dataset.accept(policy(tmp_path, f"?a ?b ?c FILTER({'(' * 40_000}1{')' * 40_000})"))
    assert computed(dataset.store) == before


def test_a_fault_in_a_policy_lies_in_its_file(tmp_path: Path) -> None:
    mine = policy(tmp_path, "?a ?b nobody:c")
    with pytest.raises(QuerySyntaxFault, match="the prefix nobody: is not declared") as caught:
        palmyra.opened().accept(mine, time_limit=300)
    assert str(caught.value.place) == f"{mine}:4:38"


def test_the_limit_covers_reading_and_deriving() -> None:
    with pytest.raises(TimeLimitExceeded, match="reading the data took longer"):
        palmyra.opened().ask("revisions", time_limit=0.001)
    dataset = palmyra.opened()
    dataset.query("ASK {}")  # reads
    with pytest.raises(TimeLimitExceeded, match="deriving from the data took"):
        dataset.ask("revisions", time_limit=0.01)
    assert computed(dataset.store) == set()
    assert dataset.ask("revisions", time_limit=300) is not None
    with pytest.raises(QueryError, match="the time limit is -1 seconds"):
        palmyra.opened().ask("revisions", time_limit=-1)


def test_a_store_on_disk_is_never_half_filled_by_a_limit(tmp_path: Path) -> None:
    data = tmp_path / "many.nt"
    data.write_text("".join(f"<urn:s{i}> <urn:p> <urn:o> .\n" for i in range(300_000)))
    place = tmp_path / "store"
    with pytest.raises(TimeLimitExceeded, match="reading the data"):
        testimonia.open(data, store=place).query("ASK {}", time_limit=0.01)
    assert not place.exists() or len(Store(place)) == 0


def test_with_a_limit_too_what_a_killed_run_left_is_not_taken_for_all(tmp_path: Path) -> None:
    expected = palmyra.opened()
    expected.ask("accepted-figures")
    dataset = testimonia.open(*palmyra.FILES, store=tmp_path / "store")
    dataset.ask("accepted-figures", time_limit=300)
    dataset.store.clear(DERIVED)
    for graph in dataset.store.graphs(DERIVED)[3:]:
        dataset.store.clear(graph)
    dataset.ask("accepted-figures", time_limit=300)
    assert computed(dataset.store) == computed(expected.store)
