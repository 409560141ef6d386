"""The example that the guide walks through is valid, covered, and answers as the guide says."""

from __future__ import annotations

import re
from pathlib import Path

import testimonia

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "port-alder"
ID = "https://example.org/id/"


def test_the_example_passes_every_check() -> None:
    dataset = testimonia.open(EXAMPLE / "incident.ttl")
    assert dataset.validate().findings == ()
    coverage = dataset.coverage(EXAMPLE)
    assert coverage.complete
    assert [len(sentence.claims) for sentence in coverage.sentences] == [0, 1, 1, 1]


def test_the_example_answers_as_the_guide_says() -> None:
    dataset = testimonia.open(EXAMPLE / "incident.ttl")
    confirmed = dataset.ask("confirmed-figures")
    assert [(row["body"], row["lower"], row["upper"]) for row in confirmed] == [
        (f"{ID}health-ministry", 4, 4)
    ]
    unconfirmed = dataset.ask("unconfirmed-figures")
    assert [(row["claimant"], row["lower"], row["upper"]) for row in unconfirmed] == [
        (f"{ID}port-official", 10, None)
    ]
    accounts = dataset.ask("perpetrator-accounts")
    assert [(row["claimant"], row["stance"]) for row in accounts] == [
        (f"{ID}coastal-front", "https://w3id.org/testimonia/code/denies")
    ]


def test_links_in_the_documentation_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    ]
    assert links, "the pages link to one another"
    for page, target in links:
        assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
