"""The base of relative IRIs: given, or the address of a file of shapes; never that of data."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

import testimonia
from testimonia import loading, validation
from testimonia.cli import run
from testimonia.errors import InputError, SyntaxFault
from testimonia.rdf import files
from testimonia.rdf.files import Reading

BASE = "https://d.example/folder/file"
RELATIVE = {
    ".ttl": "<> <http://a.example/p> <#o> , <o> , </o> .",
    ".trig": "<g> { <> <http://a.example/p> <#o> , <o> , </o> }",
    ".n3": "<> <http://a.example/p> <#o> , <o> , </o> .",
    ".jsonld": '{"@id": "", "http://a.example/p": [{"@id": "#o"}, {"@id": "o"}, {"@id": "/o"}]}',
    ".rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a.example/">'
        '<rdf:Description rdf:about=""><a:p rdf:resource="#o"/><a:p rdf:resource="o"/>'
        '<a:p rdf:resource="/o"/></rdf:Description></rdf:RDF>'
    ),
}
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
<> a owl:Ontology . <#S> a sh:NodeShape ; sh:targetNode <data.ttl> ;
  sh:property [ sh:path <http://a.example/p> ; sh:maxCount 2 ] ."""


@pytest.mark.parametrize("suffix", sorted(RELATIVE))
def test_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"data{suffix}"
    path.write_text(RELATIVE[suffix])
    with pytest.raises(InputError) as caught:
        list(files.read([path]))
    assert caught.value.place is not None
    assert str(caught.value.place).startswith(f"{path}:1")
    assert "--base" in caught.value.hint
    triples = {str(quad.triple) for quad in files.read([path], Reading(BASE))}
    assert triples == {
        f"<{BASE}> <http://a.example/p> <{o}>"
        for o in (f"{BASE}#o", "https://d.example/folder/o", "https://d.example/o")
    }
    own = {str(quad.subject) for quad in files.read([path], Reading(own_address=True))}
    assert own == {f"<{path.as_uri()}>"}


def test_rdf_id(tmp_path: Path) -> None:
    path = tmp_path / "grid.xml"
    path.write_text(RELATIVE[".rdf"].replace('rdf:about=""', 'rdf:ID="line1"'))
    with pytest.raises(SyntaxFault, match="No scheme"):
        list(files.read([path]))
    subjects = {str(quad.subject) for quad in files.read([path], Reading(BASE))}
    assert subjects == {f"<{BASE}#line1>"}


def test_a_base_in_the_file_takes_precedence(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(f"@base <http://own.example/> . {RELATIVE['.ttl']}")
    (subject,) = {str(quad.subject) for quad in files.read([path], Reading(BASE))}
    assert subject == "<http://own.example/>"


@pytest.mark.parametrize("base", ["", "folder/", "a b:c", "http://a b/"])
def test_invalid_bases(base: str) -> None:
    with pytest.raises(InputError, match="is not an absolute IRI"):
        testimonia.open(base=base)
    assert run(["query", "-e", "ASK {}", "--base", base]) == 2


def test_validating(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data, shapes = Path("data.ttl"), Path("shapes.ttl")
    data.write_text(RELATIVE[".ttl"])
    shapes.write_text(SHAPES)
    with pytest.raises(SyntaxFault, match="No scheme"):
        validation.validate(data, shapes)
    # The shape names the data by a relative IRI too: one base makes them meet.
    found = validation.validate(data, shapes, base="https://d.example/folder/data.ttl")
    assert found.frame["focus"].to_list() == ["<https://d.example/folder/data.ttl>"]
    whole = tmp_path / "whole.nt"
    whole.write_text("<http://a.example/s> <http://a.example/p> 1 .".replace("1", '"1"'))
    assert validation.validate(whole, shapes).conforms  # its <> is a file of shapes, no fault


def test_the_command_validates_and_says_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.ttl").write_text(f"\n{RELATIVE['.ttl']}")
    Path("shapes.ttl").write_text(SHAPES)
    words = ["validate", "data.ttl", "--shapes", "shapes.ttl"]
    assert run(words) == 2
    assert "data.ttl:2:1: not well formed: No scheme" in capfd.readouterr().err
    assert run([*words, "--base", "https://d.example/x/data.ttl"]) == 1
    assert "data.ttl:2" in capfd.readouterr().out


def test_loading(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonld"
    data.write_text(RELATIVE[".jsonld"])
    with pytest.raises(InputError, match="relative"):
        loading.load(data, tmp_path / "store", graph="urn:x:g")
    assert not (tmp_path / "store").exists()
    assert loading.load(data, tmp_path / "store", graph="urn:x:g", base=BASE).triples == 3
    words = ["load", str(data), "--to", str(tmp_path / "other"), "--graph", "urn:x:g"]
    assert run(words) == 2
    assert run([*words, "--base", BASE]) == 0
    assert len(Store.read_only(str(tmp_path / "other"))) == 3


def test_contexts_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonld").write_text(
        '{"@context": "https://c.example/?a=b", "@id": "urn:x:s", "p": "v", "q": 1}'
    )
    Path("c.jsonld").write_text('{"@context": {"p": "http://a.example/p"}}')
    words = ["query", "-e", "SELECT ?v { <urn:x:s> ?p ?v }", "--format", "csv"]
    assert run([*words, "--data", "a.jsonld"]) == 2
    assert "nothing is fetched: https://c.example/?a=b" in capfd.readouterr().err
    copy = "--context=https://c.example/?a=b=c.jsonld"
    assert run([*words, copy, "--data", "a.jsonld"]) == 0
    shown = capfd.readouterr()
    assert shown.out.split() == ["v", "v"]
    assert shown.err.startswith('warning: a.jsonld: left out, as JSON-LD has it: "q" is a name')
    assert run([*words, "--context=c.jsonld", "--data", "a.jsonld"]) == 2
    assert "IRI=FILE" in capfd.readouterr().err
