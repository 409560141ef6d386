"""Comunica, the SPARQL engine of browsers and Node, asks the endpoint (`make clients` installs it)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import palmyra
import pytest
from endpoints import ROOT, Running
from pyoxigraph import RdfFormat, parse

from testimonia.query.results import Results

pytestmark = pytest.mark.slow

COMMAND = ROOT / ".venv-clients" / "node_modules" / ".bin" / "comunica-sparql"
CLAIM = "https://w3id.org/testimonia/ns#Claim"
QUERY = f"SELECT ?claim WHERE {{ ?claim a <{CLAIM}> }} ORDER BY ?claim LIMIT 7"


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    if not COMMAND.exists():
        pytest.skip("Comunica is not installed: make .venv-clients/node_modules")


def comunica(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(COMMAND), *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def claims() -> list[str]:
    results = palmyra.opened().query(QUERY)
    assert isinstance(results, Results)
    return [str(row["claim"]) for row in results]


@pytest.mark.parametrize("prefix", ["sparql@", ""], ids=["named", "found out"])
def test_select(shipped: Running, tmp_path: Path, prefix: str) -> None:
    """Comunica is told that it is an endpoint, or finds it in the service description."""
    rows: list[Any] = json.loads(comunica(tmp_path, f"{prefix}{shipped.sparql}", QUERY))
    expected = claims()
    assert len(expected) == 7
    assert [row["claim"] for row in rows] == expected


def test_ask(shipped: Running, tmp_path: Path) -> None:
    for kind, expected in ((CLAIM, "true"), ("urn:x:none", "false")):
        query = f"ASK {{ ?claim a <{kind}> }}"
        assert comunica(tmp_path, f"sparql@{shipped.sparql}", query).strip() == expected


def test_construct(shipped: Running, tmp_path: Path) -> None:
    query = f"CONSTRUCT WHERE {{ <{claims()[0]}> ?p ?o }}"
    written = comunica(tmp_path, f"sparql@{shipped.sparql}", query, "-t", "application/n-triples")
    expected = shipped.select(query, format="nt").text
    found = {quad.triple for quad in parse(written, RdfFormat.N_TRIPLES)}
    assert found == {quad.triple for quad in parse(expected, RdfFormat.N_TRIPLES)}
    assert len(found) > 3


def test_a_graph_as_a_file(shipped: Running, tmp_path: Path) -> None:
    source = f"{shipped.root}data/graph.nq?graph=https://w3id.org/testimonia/code/"
    query = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    (row,) = json.loads(comunica(tmp_path, source, query))
    (expected,) = shipped.select(
        "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/testimonia/code/> { ?s ?p ?o } }"
    ).json()["results"]["bindings"]
    assert row["n"].startswith(f'"{expected["n"]["value"]}"')
