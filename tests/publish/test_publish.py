"""A release is the same bytes wherever it is made, and says the same in every format."""

from __future__ import annotations

import datetime
import errno
import gzip
import json
import os
import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import palmyra
import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, parse

import testimonia
from testimonia.catalogue import resources
from testimonia.cli import run
from testimonia.errors import InputError, UnknownPolicy
from testimonia.outputs import swapping, umask
from testimonia.publish import Published, pipeline, publish, release_options, verify
from testimonia.publish.folder import manifest
from testimonia.query.graph_names import ACCEPTED, DERIVED, is_under
from testimonia.rdf import files
from testimonia.rdf.canonical import canonical_nquads, graph_digest

SOURCE = str(Path(testimonia.__file__).parents[1])
GRAPH = "https://w3id.org/testimonia/id/graph/"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def small(output: Path, text: bytes = b"<x:a> <x:b> <x:c> .", **given: object) -> Published:
    return publish(parse(text, RdfFormat.TRIG), output, **{"version": "1", **given})  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_same_bytes_in_another_process_and_order(published: Published, tmp_path: Path) -> None:
    data = tmp_path / "z-data"
    data.mkdir()
    lines = list(canonical_nquads(files.read(palmyra.FILES)))
    random.Random(1).shuffle(lines)  # noqa: S311
    # In other files, in another order, some of it twice, and in another format.
    (data / "b.nt").write_bytes(b"".join(lines[:1000]))
    (data / "a.nt.gz").write_bytes(gzip.compress(b"".join(lines[900:2500])))
    (data / "c.ttl").write_bytes(b"".join(reversed(lines[2400:])))
    made = {}
    for seed in ("1", "4711"):
        output = tmp_path / f"release-{seed}"
        words = f"-o {output} --version 1.0.0 --policy evidence-grade --base {release_options.BASE}".split()
        words += [
            "--title",
            release_options.TITLE,
            "--licence",
            release_options.LICENCE,
            "--data",
            str(data),
        ]
        subprocess.run(
            [sys.executable, "-m", "testimonia", "publish", *words],
            env={
                **os.environ,
                "PYTHONPATH": SOURCE,
                "PYTHONHASHSEED": seed,
                "TZ": f"UTC+{seed[0]}",
            },
            check=True,
            capture_output=True,
        )
        made[seed] = contents(output)
    assert made["1"] == made["4711"] == contents(published.folder)


def quads(folder: Path, path: str) -> list[Quad]:
    return list(files.read([folder / path]))


def test_what_is_in_it(published: Published) -> None:
    held = published.manifest
    assert manifest.read(published.folder / "manifest.json") == held
    assert {file.path for file in held.files} | {"manifest.json", "SHA256SUMS"} == set(
        contents(published.folder)
    )
    for file in held.files:
        content = (published.folder / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(content), sha256(content).hexdigest())
        if file.compresses:
            assert gzip.decompress(content) == (published.folder / file.compresses).read_bytes()
    for projection in ("claims-rdf12.nq", "nanopublications.trig"):
        assert f"projections/{projection}.gz" in {file.path for file in held.files}
    dumps = {file.path for file in held.files if file.path.startswith("data/")}
    formats = {
        "testimonia.nq",
        "testimonia.trig",
        "testimonia.jsonld",
        "testimonia.ttl",
        "derived.ttl",
    }
    assert {f"data/{name}{end}" for name in formats for end in ("", ".gz")} <= dumps
    assert (held.version, held.date, held.base) == ("1.0.0", None, f"{release_options.BASE}1.0.0/")
    summed = (published.folder / "SHA256SUMS").read_text().splitlines()
    assert len(summed) == len(held.files) + 1
    assert f"{published.sha256}  manifest.json" in summed


def test_sums_are_those_of_sha256sum(published: Published) -> None:
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=published.folder,
        check=True,
    )


def test_the_data_are_as_they_were(published: Published) -> None:
    given = list(canonical_nquads(files.read(palmyra.FILES)))
    dumped = quads(published.folder, pipeline.NQUADS)
    data = [
        q
        for q in dumped
        if not is_under(q.graph_name, DERIVED) and not is_under(q.graph_name, ACCEPTED)
    ]
    assert list(canonical_nquads(Quad(*quad.triple) for quad in data)) == given
    assert list(canonical_nquads(quads(published.folder, pipeline.TURTLE))) == given


def test_all_formats_say_the_same(published: Published) -> None:
    lines = list(canonical_nquads(quads(published.folder, pipeline.NQUADS)))
    assert b"".join(lines) == (published.folder / pipeline.NQUADS).read_bytes()
    for path in (pipeline.TRIG, pipeline.JSONLD):
        assert list(canonical_nquads(quads(published.folder, path))) == lines
    derived = [
        Quad(*quad.triple)
        for quad in quads(published.folder, pipeline.NQUADS)
        if is_under(quad.graph_name, DERIVED) or is_under(quad.graph_name, ACCEPTED)
    ]
    assert set(quads(published.folder, pipeline.DERIVED)) == set(derived)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("form", ["trig", "json-ld"])
def test_rdflib_reads_the_same(
    published: Published, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    path = {"trig": pipeline.TRIG, "json-ld": pipeline.JSONLD}[form]
    dataset = rdflib.Dataset()
    dataset.parse(published.folder / path, format=form)
    back = parse(dataset.serialize(format="nquads", encoding="utf-8"), RdfFormat.N_QUADS)
    content = (published.folder / pipeline.NQUADS).read_bytes()
    assert b"".join(canonical_nquads(back)) == content


def test_graphs(published: Published) -> None:
    held = {graph.name: graph for graph in published.manifest.graphs}
    dumped = quads(published.folder, pipeline.NQUADS)
    assert published.manifest.quads == len(dumped)
    assert set(held) == {quad.graph_name.value for quad in dumped}  # type: ignore[union-attr]
    for name, graph in held.items():
        within = [quad for quad in dumped if quad.graph_name.value == name]  # type: ignore[union-attr]
        assert (graph.triples, graph.sha256) == (len(within), graph_digest(within))
    names = {name.removeprefix(GRAPH) for name in held}
    assert {name for name in names if not name.startswith(("derived", "accepted"))} == {
        *("agents", "places", "events", "groups", "times", "propositions"),
        *("document/palmyra-damascus", "document/palmyra-istanbul"),
    }
    assert "derived/420-independent-origins" in names
    assert "accepted/evidence-grade" in names


def test_the_context_is_published_and_used(published: Published) -> None:
    context = json.loads((published.folder / "context.jsonld").read_bytes())["@context"]
    data = json.loads((published.folder / pipeline.JSONLD).read_bytes())
    assert data["@context"] == context


def test_the_vocabulary(published: Published) -> None:
    within = {"codes": "ontology/codes", "labels": "ontology/labels"}
    for path in [*resources.ontology(), *resources.labels(), *resources.shapes()]:
        folder = within.get(path.parent.name, path.parent.name)
        copy = published.folder / folder / path.name
        assert copy.read_bytes() == path.read_bytes()
        expected = graph_digest(files.read([path]))
        for suffix in (".jsonld", ".rdf"):
            assert graph_digest(files.read([copy.with_suffix(suffix)])) == expected
    for folder, paths in {
        "questions": resources.queries(),
        "rules": resources.rules(),
        "policies": resources.policies(),
    }.items():
        for path in paths:
            assert (published.folder / folder / path.name).read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_what_is_derived_may_be_left_out(nowhere: Path) -> None:
    made = palmyra.opened().publish(nowhere, derived=False, compress=False)
    assert len(made.manifest.graphs) == 8
    assert {file.path for file in made.manifest.files if file.path.startswith("data/")} == {
        *(pipeline.NQUADS, pipeline.TRIG, pipeline.JSONLD, pipeline.TURTLE)
    }
    assert made.manifest.version == testimonia.__version__


@pytest.mark.slow
def test_a_release_of_a_release(published: Published, nowhere: Path) -> None:
    data = published.folder / pipeline.NQUADS
    again = testimonia.open(data).publish(nowhere, version="1.0.0", policies=["evidence-grade"])
    named = {graph.name: graph for graph in again.manifest.graphs}
    # Its provenance names the digest of what it was derived from, and that has graphs now.
    provenance = {DERIVED.value, ACCEPTED.value}
    for graph in published.manifest.graphs:
        assert named[graph.name].triples == graph.triples
        assert (named[graph.name] == graph) != (graph.name in provenance)
    assert (nowhere / pipeline.TURTLE).read_bytes() == (
        published.folder / pipeline.TURTLE
    ).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("epoch", "option", "date"),
    [
        (None, None, None),
        ("", None, None),
        ("86399", None, "1970-01-01"),
        ("1767312000", None, "2026-01-02"),
        ("1767312000", datetime.date(2025, 12, 31), "2025-12-31"),
    ],
)
def test_the_date(
    nowhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    epoch: str | None,
    option: datetime.date | None,
    date: str | None,
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if epoch is not None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    small(nowhere, date=option)
    assert json.loads((nowhere / "manifest.json").read_bytes())["date"] == date


@pytest.mark.parametrize("epoch", ["soon", "1e9", str(10**30)])
def test_no_date(nowhere: Path, monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(InputError, match="which is not a number of seconds"):
        small(nowhere)
    assert not nowhere.exists()


@pytest.mark.parametrize("version", ["", "../1", "1/2", "-1", "1.", "1 2", "1\n"])
def test_no_version(nowhere: Path, version: str) -> None:
    with pytest.raises(InputError, match="cannot be the version of a release"):
        small(nowhere, version=version)


def test_policies_need_what_is_derived(nowhere: Path) -> None:
    with pytest.raises(InputError, match="depend on derived facts"):
        palmyra.opened().publish(nowhere, derived=False, policies=["evidence-grade"])
    with pytest.raises(UnknownPolicy):
        palmyra.opened().publish(nowhere, policies=["no-such-policy"])
    assert not nowhere.exists()
    assert list(nowhere.parent.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_release_is_replaced_as_a_whole(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    small(nowhere)
    (nowhere / "stray").write_text("left by somebody")
    small(nowhere, b"<x:a> <x:b> <x:d> .", version="2")
    assert manifest.read(nowhere / "manifest.json").version == "2"
    assert not (nowhere / "stray").exists()
    assert list(nowhere.parent.iterdir()) == [nowhere]
    assert nowhere.stat().st_mode & 0o777 == 0o777 & ~umask()


def test_linux_exchanges_folders_in_one_step(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux can exchange two folders in one step")
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert swapping._exchanged(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in sorted(tmp_path.rglob("*/*"))] == ["b", "a"]
    assert not swapping._exchanged(tmp_path / "a", tmp_path / "none")


def test_an_empty_folder_is_filled(nowhere: Path) -> None:
    nowhere.mkdir()
    small(nowhere)
    assert (nowhere / "manifest.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", ["syntax", "blank node", "in the folder", "at the end", "interrupt"]
)
def test_what_was_there_stays_when_something_fails(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    small(nowhere)
    before = contents(nowhere)
    text = b"<x:a> <x:b> <x:d> ."
    expected: type[BaseException] = InputError
    if fault == "syntax":
        text, expected = b"<x:a> <x:b> <x:d> . <x:a>", SyntaxError
    elif fault == "blank node":
        text = b"<x:a> <x:b> [] ."
    elif fault == "in the folder":

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(pipeline, "_sealed", full)
    elif fault == "interrupt":

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(pipeline, "_sealed", interrupted)
        expected = KeyboardInterrupt
    else:
        real = Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if path.name.endswith("-part"):
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(path, target)

        monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
        monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(expected):
        small(nowhere, text, version="2")
    assert contents(nowhere) == before
    assert list(nowhere.parent.iterdir()) == [nowhere]


def test_other_folders_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.json").write_text('{"name": "an app"}')
    file = tmp_path / "file"
    file.touch()
    link = tmp_path / "link"
    link.symlink_to(other)
    for place, reason in (
        (other, "is not a release, and holds other files"),
        (file, "this is not a folder"),
        (link, "this is not a folder"),
        (tmp_path / "no" / "where", "cannot be written here"),
    ):
        with pytest.raises(InputError, match=reason):
            small(place)
    assert {path.name for path in tmp_path.iterdir()} == {"other", "file", "link"}


def test_the_release_before_must_be_one(nowhere: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the manifest cannot be read"):
        small(nowhere, previous=tmp_path)
    small(nowhere)
    small(nowhere, previous=nowhere, version="2")
    assert manifest.read(nowhere / "manifest.json").version == "2"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [pipeline.NQUADS, f"{pipeline.NQUADS}.gz", "projections/nanopublications.trig"],
)
def test_the_previous_release_must_not_be_damaged(name: str, nowhere: Path, tmp_path: Path) -> None:
    claim = b"<x:a> a <https://w3id.org/testimonia/ns#Claim> . <x:b> <x:c> <x:d> ."
    small(tmp_path / "before", claim)
    cut = tmp_path / "before" / name
    cut.write_bytes(b"".join(cut.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(InputError, match="of the previous release does not match its manifest"):
        small(nowhere, claim, previous=tmp_path / "before", version="2")
    assert not nowhere.exists()


@pytest.mark.slow
def test_data_of_others_are_not_said_to_be_the_projects(
    nowhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.ttl").write_text("<http://e.example/a> <http://e.example/b> 1 .")
    words = [
        "publish",
        "-o",
        str(nowhere),
        "--data",
        str(tmp_path / "own.ttl"),
        "--no-derived",
        "--no-shapes",
    ]
    named = {
        "base": "https://e.example/release/",
        "title": "What <was> said",
        "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
    }
    given = [word for name, value in named.items() for word in (f"--{name}", value)]
    assert run([*words, *given, "--version", "3", "--date", "2026-01-02"]) == 0, capsys.readouterr()
    held = manifest.read(nowhere / "manifest.json")
    assert (held.base, held.title, held.licence) == (
        "https://e.example/release/3/",
        named["title"],
        named["licence"],
    )
    assert verify(nowhere, shapes=False).passes
    assert not (nowhere / "CITATION.cff").exists()
    for name in ("void.ttl", "catalog.ttl", "ro-crate-metadata.json"):
        text = (nowhere / name).read_text()
        assert "https://e.example/release/3/" in text
        assert "licenses/by" not in text
        assert "testimonia/id/project" not in text
        assert "The Testimonia project" not in text


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"base": "https://e.example/release"}, "cannot be the address of a release"),
        ({"base": "release/"}, "cannot be the address of a release"),
        ({"base": "http://[x/"}, "cannot be the address of a release"),
        ({"licence": "CC BY"}, "cannot be the licence of a release"),
        ({"title": " "}, "cannot be the title of a release"),
        ({"title": "a\nb"}, "cannot be the title of a release"),
    ],
)
def test_names_that_no_release_has(named: dict[str, str], message: str, nowhere: Path) -> None:
    with pytest.raises(InputError, match=message):
        small(nowhere, **named)
    assert not nowhere.exists()


def test_a_dataset_with_a_store_is_refused(nowhere: Path, tmp_path: Path) -> None:
    dataset = testimonia.open(shipped=True, store=tmp_path / "store")
    with pytest.raises(InputError, match="the data in a store cannot be checked"):
        dataset.publish(nowhere)


def test_progress_is_reported(nowhere: Path) -> None:
    reported: list[tuple[str, int, int | None]] = []
    palmyra.opened().publish(nowhere, derived=False, progress=lambda *what: reported.append(what))
    assert ("quads read", len(list(files.read(palmyra.FILES))), None) in reported
