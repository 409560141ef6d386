"""The example that the guide walks through is valid, covered, and answers as the guide says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

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
    pages = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    ]
    assert links, "the pages link to one another"
    for page, target in links:
        assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_the_dataset_of_the_guide_is_mapped_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ROOT / "examples" / "harbour-log"
    shutil.copy(folder / "harbour-log.csv", tmp_path)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.chdir(tmp_path)
    guide = (ROOT / "docs" / "guides" / "add-a-dataset.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    exec(compile(code, "add-a-dataset.md", "exec"), {})  # noqa: S102 - what the guide tells to run
    assert capsys.readouterr().out == "5 claims, harbour-log.nq.rejects.csv\n"
    rejects = Path("harbour-log.nq.rejects.csv").read_text(encoding="utf-8").splitlines()
    assert rejects[1:] == ['harbour-log.csv,4,dead,many,"a count, or nothing"']
    dataset = testimonia.open("harbour-log.nq")
    assert dataset.validate().findings == ()
    for table in re.findall(r"^\| (H\d) \|", guide, re.MULTILINE):
        assert f"{table}," in (folder / "harbour-log.csv").read_text(encoding="utf-8")
