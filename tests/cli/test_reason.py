"""The command ``testimonia reason``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from testimonia.cli import run

pytestmark = pytest.mark.slow

PREFIXES = """@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
"""


@pytest.fixture
def _java() -> None:
    pytest.importorskip("owlready2", reason="the extra owl is not installed: HermiT is not tested")
    if shutil.which("java") is None:
        pytest.skip("there is no Java runtime: HermiT is not tested")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _data(turtle: str) -> list[str]:
    Path("data.ttl").write_text(PREFIXES + turtle, encoding="utf-8")
    return ["reason", "--data", "data.ttl"]


@pytest.mark.usefixtures("_java")
def test_consistent_data(capfd: pytest.CaptureFixture[str]) -> None:
    words = _data("ex:c a tmn:Claim ; tmn:claimant ex:a . ex:a a tmn:UnnamedSource .\n")
    assert run(words) == 0
    out = capfd.readouterr().out.splitlines()
    assert out[0] == "Ontology and data are consistent (HermiT)."
    assert out[1] == "No class is unsatisfiable."
    assert out[3].split() == ["tmn:AnonymousClaim", "1"]
    assert run([*words, "--format", "json"]) == 0
    result = json.loads(capfd.readouterr().out)
    assert result["consistent"] is True
    assert result["unsatisfiable"] == []
    assert result["members"]["https://w3id.org/testimonia/ns#AnonymousClaim"] == [
        "https://example.org/c"
    ]


@pytest.mark.usefixtures("_java")
def test_inconsistent_data_end_with_1(capfd: pytest.CaptureFixture[str]) -> None:
    words = _data("ex:c a tmn:Claim , tmn:Agent .\n")
    assert run(words) == 1
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: data.ttl:4: no model satisfies the ontology")
    assert "https://example.org/c: it is tmn:Agent (stated) and tmn:Claim (stated)" in captured.err
    assert run([*words, "--format", "json"]) == 1
    result = json.loads(capfd.readouterr().out)
    assert (result["consistent"], result["place"]) == (False, "data.ttl:4")


@pytest.mark.usefixtures("_java")
def test_a_rejected_datatype_ends_with_2(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(_data('ex:p tmn:lowerBound "2025"^^xsd:gYear .\n')) == 2
    assert "HermiT does not support the datatype xsd:gYear" in capfd.readouterr().err


def test_without_java_it_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("owlready2", reason="the extra owl is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["reason"]) == 2
    assert "no Java runtime was found" in capfd.readouterr().err
