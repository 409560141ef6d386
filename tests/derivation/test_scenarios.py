"""Every scenario, and the Palmyra incident, gives exactly the facts expected of it."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest

import scenarios
import testimonia
from testimonia.namespaces import shorten
from testimonia.passages.copying import WordingFault
from testimonia.query.graph_names import DERIVED


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_a_scenario_gives_its_expected_facts(name: str) -> None:
    folder = scenarios.FOLDER / name
    wanted = scenarios.expected(folder / "expected.csv")
    found = scenarios.derived(scenarios.store_of(folder / "data.ttl"), scenarios.RULES)
    assert scenarios.compared(found, wanted) == wanted


@pytest.mark.slow
def test_scenarios_and_palmyra_together_use_every_rule() -> None:
    used = set()
    for name in scenarios.NAMES:
        store = scenarios.store_of(scenarios.FOLDER / name / "data.ttl")
        scenarios.derived(store, scenarios.RULES)
        used |= {graph.value for graph in store.graphs(DERIVED)}
    assert {rule.graph.value for rule in scenarios.RULES} <= used
    assert DERIVED.value in used


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_the_passages_of_a_scenario_fit_its_texts(name: str, tmp_path: Path) -> None:
    folder = scenarios.FOLDER / name
    for text in folder.glob("*.txt"):
        (tmp_path / text.name).write_bytes(text.read_bytes())
    report = testimonia.open(folder / "data.ttl").check_passages(tmp_path)
    assert report.complete
    assert all(check.ok for check in (*report.documents, *report.passages))
    # The texts are made of the glosses, which therefore stand in them; quantities must as well.
    assert {check.fault for check in report.wordings} <= {WordingFault.COPIED}


# What the shapes say of data that are faulty or incomplete on purpose.
FINDINGS = {
    "affiliation-accounts": {"tmsh:Proposition-twin"},
    "corrected-everywhere": {"tmsh:Claim-statedAt-missing", "tmsh:Claim-denies-own-elsewhere"},
    "finer-points": {"tmsh:Claim-corrects-speaker", "tmsh:Proposition-twin"},
    "one-body-many-mouths": {"tmsh:Claim-corrects-order", "tmsh:Claim-retracts-something"},
    "place-accounts": {"tmsh:Proposition-twin"},
    "zero-beside-silence": {"tmsh:Claim-confirms-something"},
    "unnamed-for-a-body": {"tmsh:Claim-unnamed-for-body"},
    "retraction-undated": {"tmsh:Claim-statedAt-missing"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.NAMES)
def test_a_scenario_conforms_to_the_shapes(name: str) -> None:
    report = testimonia.open(scenarios.FOLDER / name / "data.ttl").validate()
    found = {shorten(finding.shape or "") for finding in report.findings}
    found -= {"tmsh:Proposition-claimed"}  # many are there to be compared alone
    assert found == FINDINGS.get(name, set())


def test_palmyra_gives_its_expected_facts() -> None:
    store = palmyra.opened().store
    found = scenarios.derived(store, scenarios.RULES)
    wanted = scenarios.expected(scenarios.PALMYRA)
    assert scenarios.compared(found, wanted) == wanted
