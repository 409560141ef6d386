"""The commands publish and verify, as a person calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import palmyra
import pytest

from testimonia.catalogue import resources
from testimonia.cli import run
from testimonia.publish.folder import manifest
from testimonia.rdf import files

Outcome = tuple[int, str, str]


OWN = (
    *("--base", "https://example.org/release/"),
    *("--title", "Data of our own"),
    *("--licence", "https://creativecommons.org/publicdomain/zero/1.0/"),
)


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def call(*words: str) -> Outcome:
        code = run(words)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_publish_then_verify(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    folder = tmp_path / "release"
    words = ("-o", str(folder), "--version", "2026.1", "--date", "2026-01-02", "--no-derived")
    code, out, err = cli("publish", *words, "--no-compress")
    held = manifest.read(folder / "manifest.json")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    quads = len(set(files.read(resources.data())))
    graphs = len(held.graphs)
    assert first == (
        f"{folder}: version 2026.1, {quads:,} quads in {graphs} graphs, {len(held.files)} files."
    )
    assert (held.version, str(held.date)) == ("2026.1", "2026-01-02")
    assert second.startswith("SHA-256 of the manifest: ")
    code, out, err = cli("verify", str(folder))
    assert (code, err) == (0, "")
    assert out == f"No difference. Files listed: {len(held.files)}; quads: {quads:,}.\n{second}\n"


def test_verify_reports_what_differs(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    folder = tmp_path / "release"
    data = tmp_path / "data.nt"
    data.write_text("<x:a> <x:b> <x:c> .\n")
    words = ("publish", "-o", str(folder), "--no-derived", "--no-shapes", *OWN)
    words = (*words, "--data", str(data))
    assert cli(*words)[0] == 0
    (folder / "strange\n\x1b[31m").touch()
    (folder / "context.jsonld").unlink()
    code, out, err = cli("verify", str(folder), "--no-shapes")
    assert (code, err) == (1, "")
    assert out.splitlines()[:3] == [
        "context.jsonld is missing",
        "strange \\x1b[31m is not listed in the manifest",
        "2 differences. Files listed: "
        f"{len(manifest.read(folder / 'manifest.json').files)}; quads: 1.",
    ]
    code, out, _ = cli("verify", str(folder), "--no-shapes", "--format", "json")
    found = json.loads(out)
    assert (code, found["passes"], found["quads"]) == (1, False, 1)
    assert found["discrepancies"][0] == {"path": "context.jsonld", "message": "is missing"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("publish",), "nothing is to be written"),
        (("publish", "-o", "{tmp}"), "this folder is not a release, and holds other files"),
        (("publish", "-o", "{tmp}/r", "--version", "a/b"), "cannot be the version of a release"),
        (("publish", "-o", "{tmp}/r", "--date", "soon"), "--date"),
        (("publish", "-o", "{tmp}/r", "--policy", "none"), "none"),
        (("publish", "-o", "{tmp}/r", "--previous", "{tmp}"), "the manifest cannot be read"),
        (("publish", "-o", "{tmp}/r", *OWN, "--data", "{tmp}/bad.nt"), "bad.nt:1:"),
        (
            ("publish", "-o", "{tmp}/r", "--policy", "official-only", "--no-policies"),
            "--policy and --no-policies exclude each other",
        ),
        (
            ("publish", "-o", "{tmp}/r", *OWN[:4], "--data", "{tmp}/bad.nt"),
            "a release of your own data needs --licence",
        ),
        (("verify",), "requires an argument"),
        (("verify", "{tmp}", "--time-limit", "0"), "the time limit cannot be 0"),
        (("verify", "{tmp}", "--memory", "-1"), "the memory cannot be -1"),
        (("verify", "{tmp}/none"), "there is no such folder"),
        (("verify", "{tmp}"), "this folder is not a release"),
    ],
)
def test_bad_usage_and_bad_input(
    cli: Callable[..., Outcome], tmp_path: Path, words: tuple[str, ...], reason: str
) -> None:
    (tmp_path / "bad.nt").write_text("no triple")
    code, out, err = cli(*(word.format(tmp=tmp_path) for word in words))
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert reason in err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.nt"]


@pytest.mark.slow
def test_data_that_break_the_shapes(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(
        "@prefix tmn: <https://w3id.org/testimonia/ns#> .\n"
        "@prefix event: <https://w3id.org/testimonia/id/event/> .\n"
        "event:b a tmn:Event ; tmn:misspelt 'x' .\n"
    )
    folder = tmp_path / "release"
    words = ("publish", "-o", str(folder), "--no-derived", "--no-projections", *OWN)
    code, out, err = cli(*words, "--data", str(data))
    assert (code, err) == (1, "")
    *lines, summary, _ = out.splitlines()
    number = len(lines)
    assert all(line.startswith(f"{data}:3: event:b: ") for line in lines)
    assert any("tmn:misspelt" in line for line in lines)
    counted = f"{number} violation{'s' * (number > 1)}"
    assert summary == f"The data violate the shapes ({counted}), and nothing was published."
    assert not folder.exists()

    code, out, err = cli(*words, "--allow-violations", "--data", str(data))
    assert code == 0
    assert err == f"warning: The data violate the shapes ({counted}), as the manifest states.\n"
    code, out, _ = cli("verify", str(folder))
    assert code == 0
    assert f"{counted} of the shapes, as the manifest states." in out
    code, out, _ = cli("verify", str(folder), "--format", "json")
    assert json.loads(out)["violations"] == number


@pytest.mark.parametrize(("options", "number"), [((), 7), (("--policy", "official-only"), 1)])
def test_which_policies_are_published(
    cli: Callable[..., Outcome], tmp_path: Path, options: tuple[str, ...], number: int
) -> None:
    folder = tmp_path / "release"
    words = ("publish", "-o", str(folder), "--no-projections", "--no-compress", "--no-shapes")
    assert cli(*words, *options)[0] == 0
    accepted = "https://w3id.org/testimonia/id/graph/accepted"
    names = {graph.name for graph in manifest.read(folder / "manifest.json").graphs}
    found = {name for name in names if name.startswith(f"{accepted}/")}
    assert len(found) == number
    assert accepted in names
    assert manifest.read(folder / "manifest.json").violations is None


@pytest.mark.slow
def test_a_default_release_answers_every_question(
    cli: Callable[..., Outcome], tmp_path: Path
) -> None:
    from pyoxigraph import RdfFormat, Store

    folder = tmp_path / "release"
    plainly = ("--no-projections", "--no-compress", *OWN)
    assert cli("publish", "-o", str(folder), *plainly, "--data", *map(str, palmyra.FILES))[0] == 0
    store = Store()
    store.bulk_load(path=str(folder / "data/testimonia.nq"), format=RdfFormat.N_QUADS)
    for path in (folder / "ontology/testimonia.ttl", *folder.glob("ontology/codes/*.ttl")):
        store.bulk_load(path=str(path), format=RdfFormat.TURTLE)
    dataset = palmyra.opened()
    for name in ("accepted-figures", "corroboration", "confirmed-figures"):
        query = (folder / f"questions/{name}.rq").read_text()
        rows = list(store.query(query, use_default_graph_as_union=True))
        assert len(rows) == len(dataset.ask(name)) > 0  # type: ignore[arg-type]


def test_no_policies(cli: Callable[..., Outcome], tmp_path: Path) -> None:
    folder = tmp_path / "release"
    words = ("publish", "-o", str(folder), "--no-projections", "--no-compress", "--no-shapes")
    assert cli(*words, "--no-policies")[0] == 0
    names = {graph.name for graph in manifest.read(folder / "manifest.json").graphs}
    assert not [name for name in names if "/graph/accepted" in name]
    assert [name for name in names if "/graph/derived" in name]
