"""Ontology, code lists and data together stay within OWL 2 DL, as the OWL API judges it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from testimonia.catalogue import resources
from testimonia.rdf import files

pytestmark = pytest.mark.slow

POM = Path(__file__).with_name("pom.xml")
ROBOT = "org.obolibrary.robot.CommandLineInterface"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
ONTOLOGY = NamedNode("http://www.w3.org/2002/07/owl#Ontology")
IMPORTS = NamedNode("http://www.w3.org/2002/07/owl#imports")
CORE = NamedNode("https://w3id.org/testimonia/ontology")


@pytest.fixture(scope="session")
def classpath(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Find ROBOT and what it needs in Maven's local repository, or have Maven fetch them."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: the OWL profile is not checked")
    output = tmp_path_factory.mktemp("robot") / "classpath"
    goal = ["dependency:build-classpath", f"-Dmdep.outputFile={output}"]
    for offline in (["--offline"], []):
        command = ["mvn", "--quiet", "--batch-mode", "--file", str(POM), *offline, *goal]
        result = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        if result.returncode == 0 and output.exists():
            return output.read_text().strip()
    said = "\n".join(result.stdout.splitlines()[:3])
    pytest.skip(f"Maven could not provide ROBOT: the OWL profile is not checked: {said}")


def merged() -> list[Triple]:
    """Join ontology, code lists and data under the one header of the core."""
    quads = list(files.read([*resources.ontology(), *resources.data()]))
    headers = {q.subject for q in quads if q.predicate == TYPE and q.object == ONTOLOGY} - {CORE}
    return [
        Triple(q.subject, q.predicate, q.object)
        for q in quads
        if q.subject not in headers and q.predicate != IMPORTS
    ]


def violations(triples: Iterable[Triple], classpath: str, folder: Path) -> list[str]:
    """List what goes beyond OWL 2 DL, as ROBOT words it."""
    # N-Triples are Turtle too, and the suffix spares the OWL API from guessing.
    merged_file, report = folder / "merged.ttl", folder / "report.txt"
    serialize(triples, merged_file, format=RdfFormat.N_TRIPLES)
    options = ["--profile", "DL", "--input", str(merged_file), "--output", str(report)]
    command = ["java", "-cp", classpath, ROBOT, "validate-profile", *options]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert report.exists(), result.stdout + result.stderr
    _heading, *found = report.read_text(encoding="utf-8").splitlines()
    assert (result.returncode == 0) == (found == [])
    return found


def test_everything_shipped_is_owl_2_dl(classpath: str, tmp_path: Path) -> None:
    found = violations(merged(), classpath, tmp_path)
    assert found == [], "\n".join(found)


def test_what_goes_beyond_owl_2_dl_is_noticed(classpath: str, tmp_path: Path) -> None:
    beyond = parse(
        b"""
        @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <https://example.org/> .
        ex:p a owl:ObjectProperty , owl:TransitiveProperty , owl:AsymmetricProperty .
        """,
        format=RdfFormat.TURTLE,
    )
    added = [Triple(quad.subject, quad.predicate, quad.object) for quad in beyond]
    found = violations([*merged(), *added], classpath, tmp_path)
    assert len(found) == 1
    assert found[0].startswith(
        "Use of non-simple property in asymmetric object property axiom "
        "[AsymmetricObjectProperty(<https://example.org/p>)"
    )
