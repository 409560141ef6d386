"""Every derived fact explains itself, down to claims and, with the texts at hand, their words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import palmyra
import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

import scenarios
import testimonia
from testimonia.catalogue import resources
from testimonia.derivation.proofs import Prover, Step
from testimonia.errors import RuleError, UnknownResource
from testimonia.namespaces import PREFIXES, TMN, expand

# Facts about agents rest on what the data say of agents, and on no claim.
WITHOUT_CLAIMS = {"010-party", "080-tied-to"}


def premises_of(step: Step) -> set[Triple]:
    found = {premise.fact for premise in step.premises}
    return found.union(*map(premises_of, step.premises)) if found else found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["palmyra", *scenarios.NAMES])
def test_every_fact_is_explained(name: str) -> None:
    data = palmyra.FILES if name == "palmyra" else [scenarios.FOLDER / name / "data.ttl"]
    dataset = testimonia.open(*data)
    dataset.derive()
    prover = Prover(dataset.store, scenarios.RULES, dataset.label)
    stated = {
        triple.object
        for quad in dataset.quads()
        if (triple := quad.triple).predicate == TMN.proposition
    }
    for rule in scenarios.RULES:
        for fact in dataset.store.statements(rule.graph):
            step = prover.step(fact)
            assert step.fact == fact
            assert fact.predicate in prover.predicates
            assert rule in prover.predicates[fact.predicate]
            assert "?" not in step.sentence, step.sentence
            assert fact not in premises_of(step)
            about_claims = {fact.subject, fact.object} & stated or "claim" in str(fact.subject)
            if rule.name not in WITHOUT_CLAIMS and about_claims:
                assert step.claims, step


def test_what_nothing_derives_is_not_explained() -> None:
    dataset = palmyra.opened()
    dataset.derive()
    prover = Prover(dataset.store, scenarios.RULES, dataset.label)
    iri = expand("prop:two-us-troops-killed") or ""
    false = Triple(NamedNode(iri), TMN.confirmedBy, NamedNode(expand("agent:syria") or ""))
    with pytest.raises(RuleError, match=r"no rule derives that prop:two-us-troops-killed"):
        prover.step(false)


def opened(name: str) -> tuple[testimonia.Dataset, Path]:
    folder = scenarios.FOLDER / name
    return testimonia.open(folder / "data.ttl"), folder


def test_a_conflict_is_explained_down_to_the_words(tmp_path: Path) -> None:
    dataset, folder = opened("at-least-40")
    for text in folder.glob("*.txt"):
        shutil.copy(text, tmp_path)
    text = dataset.explain("claim:defence", sources=tmp_path).to_text()
    assert text.startswith(
        "Defence Ministry of Varnia: thirty-eight civilians were killed (claim:defence)\n\n"
    )
    for part in (
        "\nDefence Ministry of Varnia: thirty-eight civilians were killed · conflicts with · "
        "Health Ministry of Varnia: forty-four civilians were killed\n  because ",
        "they uphold propositions that are incompatible",
        "thirty-eight civilians were killed · incompatible with · forty-four civilians were killed",
        "“thirty-eight civilians were killed” allows 38 at most, "
        "and “forty-four civilians were killed” allows 44 at least",
        "“Defence Ministry of Varnia said that thirty-eight civilians were killed on Monday.”",
        "“Health Ministry of Varnia said that forty-four civilians were killed on Monday.”",
    ):
        assert part in text
    # Each fact is explained once.
    lines = [line.strip() for line in text.splitlines() if " · " in line]
    explained = [line for line in lines if not line.endswith("(see above)")]
    assert len(explained) == len(set(explained))


def test_each_figure_keeps_its_own_bounds_from_whichever_side_it_is_explained() -> None:
    dataset, _ = opened("two-officials-differ")
    dataset.derive()
    prover = Prover(dataset.store, scenarios.RULES, dataset.label)
    ten, fourteen = (NamedNode(expand(f"prop:{name}") or "") for name in ("ten", "fourteen"))
    for one, other in ((ten, fourteen), (fourteen, ten)):
        sentence = prover.step(Triple(one, TMN.incompatibleWith, other)).sentence
        assert "“ten civilians were killed” allows 10 at most" in sentence
        assert "“fourteen civilians were killed” allows 14 at least" in sentence


def test_without_texts_passages_are_named() -> None:
    dataset, _ = opened("two-officials-differ")
    explanation = dataset.explain("claim:defence")
    passages = {p for evidence in explanation.evidence.values() for p, _ in evidence.passages}
    assert passages
    assert all("#char=" in passage for passage in passages)
    assert all(q is None for e in explanation.evidence.values() for _, q in e.passages)


def test_the_number_of_origins_names_every_party() -> None:
    dataset, _ = opened("state-media-and-ministry")
    explanation = dataset.explain("prop:seven")
    count = next(s for s in explanation.steps if s.fact.predicate == TMN.independentOrigins)
    assert count.sentence == "Origins counted: Hill Watch, Varnia."
    assert len(count.premises) == 2


def test_an_event_is_explained_by_its_propositions_and_claims() -> None:
    dataset, _ = opened("at-least-40")
    predicates = {step.fact.predicate for step in dataset.explain("event:blast").steps}
    assert {TMN.conflictsWith, TMN.incompatibleWith, TMN.confirmedBy} <= predicates


def test_an_agent_is_explained() -> None:
    dataset, _ = opened("two-officials-differ")
    steps = dataset.explain("agent:varnia-health").steps
    said = {(step.fact.subject, step.fact.predicate, step.fact.object) for step in steps}
    health, varnia = (
        NamedNode(expand(name) or "") for name in ("agent:varnia-health", "agent:varnia")
    )
    assert (health, TMN.party, varnia) in said
    fourteen = NamedNode(expand("prop:fourteen") or "")
    assert (fourteen, TMN.confirmedBy, health) in said


def test_a_thing_of_which_nothing_follows_says_so() -> None:
    dataset, _ = opened("two-officials-differ")
    explanation = dataset.explain("group:civilians")
    assert explanation.steps == ()
    assert explanation.to_text() == "Civilians (group:civilians)\nNothing was derived about it.\n"
    assert "Nothing was derived about it." in explanation._repr_html_()


def test_an_unknown_thing_is_refused() -> None:
    dataset, _ = opened("two-officials-differ")
    with pytest.raises(UnknownResource, match="claim:defense") as caught:
        dataset.explain("claim:defense")
    assert "claim:defence" in caught.value.hint


def test_json_holds_the_whole_tree() -> None:
    dataset, _ = opened("at-least-40")
    tree = json.loads(json.dumps(dataset.explain("claim:defence").to_dict()))
    assert tree["iri"] == expand("claim:defence")
    conflict = next(
        fact
        for fact in tree["facts"]
        if fact["rule"] == "360-conflicts-with" and fact["object"].endswith("/claim/health")
    )
    for key, name in (("subject", "defence"), ("object", "health")):
        assert conflict[key].endswith(f"/claim/{name}")
    assert (conflict["rule"], conflict["ways"]) == ("360-conflicts-with", 1)
    inner = [premise["rule"] for premise in conflict["premises"]]
    assert inner.count("060-upheld-by") == 2
    assert "120-incompatible-counts" in inner
    assert {c["iri"].rpartition("/")[2] for c in conflict["claims"]} == {"defence", "health"}


def test_text_from_outside_neither_steers_a_terminal_nor_a_page() -> None:
    dataset, _ = opened("two-officials-differ")
    label = NamedNode(PREFIXES["skos"] + "prefLabel")
    nasty = Literal("<b>\x1b[2J[red]&", language="en")
    dataset.store.load([Quad(NamedNode(expand("claim:defence") or ""), label, nasty)])
    explanation = dataset.explain("claim:defence")
    assert "\x1b" not in explanation.to_text()
    assert "<b>\\x1b[2J[red]&" in explanation.to_text()
    html = explanation._repr_html_()
    assert "\x1b" not in html
    assert "&lt;b&gt;<span>\\</span>x1b[2J[red]&amp;" in html
    assert "<b>\\x1b" not in html


def test_palmyra_is_explained_in_the_words_of_the_documents() -> None:
    sources = resources.folder("data").parents[1] / "shared" / "sources"
    if not sources.is_dir():
        pytest.skip("the texts of the Palmyra documents are not beside this checkout")
    explanation = palmyra.opened().explain("prop:two-us-troops-killed", sources=sources)
    quoted = [q for e in explanation.evidence.values() for _, q in e.passages]
    assert quoted
    assert None not in quoted
