"""A sound release passes; whatever is done to one is found, and where."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

import testimonia
from testimonia.errors import InputError
from testimonia.publish import Published, ViolationsFound, publish, verify
from testimonia.publish.folder import manifest
from testimonia.publish.pipeline import DERIVED, JSONLD, NQUADS, TRIG, TURTLE
from testimonia.validation import Severity

pytestmark = pytest.mark.slow

Change = Callable[[Path], None]


def test_a_sound_release(published: Published) -> None:
    found = verify(published.folder)
    assert found.discrepancies == ()
    assert found.passes
    assert found.sha256 == published.sha256
    assert (found.files, found.quads) == (len(published.manifest.files), published.manifest.quads)


KEPT = re.compile(
    r"data/.*|context\.jsonld|questions/confirmed-figures\.rq|shapes/Claim\..*"
    r"|shapes/prefixes\..*|ontology/(testimonia|codes/harm)\..*|ontology/codes/.*\.ttl"
)


@pytest.fixture(scope="session")
def slim(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a sound release with few files, which is checked sooner."""
    folder = shutil.copytree(published.folder, tmp_path_factory.mktemp("slim") / "release")
    content = json.loads((folder / "manifest.json").read_bytes())
    for file in content["files"]:
        if not KEPT.fullmatch(file["path"]):
            (folder / file["path"]).unlink()
    sealed(folder, files=[file for file in content["files"] if KEPT.fullmatch(file["path"])])
    assert differences(folder) == []
    return folder


@pytest.fixture
def release(slim: Path, tmp_path: Path) -> Path:
    return shutil.copytree(slim, tmp_path / "copy")


def differences(folder: Path, **options: Any) -> list[tuple[str, str]]:
    found = verify(folder, **{"shapes": False, **options})
    assert found.passes == (not found.discrepancies)
    return [(each.path, each.message) for each in found.discrepancies]


def sealed(folder: Path, *changed: str, **more: Any) -> None:
    """Make manifest and digests agree with changed files, as a forger would."""
    content = {**json.loads((folder / "manifest.json").read_bytes()), **more}
    for file in content["files"]:
        if file["path"] in changed:
            data = (folder / file["path"]).read_bytes()
            file |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(content))
    read = manifest.read(folder / "manifest.json")
    sums = manifest.sums(read.files, (folder / "manifest.json").read_bytes())
    (folder / "SHA256SUMS").write_bytes(sums)


def edit(path: str, old: bytes, new: bytes) -> Change:
    def change(folder: Path) -> None:
        content = (folder / path).read_bytes()
        assert old in content
        (folder / path).write_bytes(content.replace(old, new, 1))

    return change


def test_tampered(release: Path) -> None:
    edit("questions/confirmed-figures.rq", b"SELECT", b"SELEKT")(release)
    assert differences(release) == [
        ("questions/confirmed-figures.rq", "has another SHA-256 digest than in the manifest")
    ]


def test_truncated(release: Path) -> None:
    path = release / NQUADS
    size = path.stat().st_size
    os.truncate(path, size - 10)
    lines = path.read_bytes().count(b"\n")
    (first, second) = differences(release)
    assert first == (NQUADS, f"has {size - 10} bytes, where the manifest lists {size}")
    assert second[0] == NQUADS
    assert second[1].startswith(f"line {lines + 1}: not well formed")


def test_truncated_at_the_end_of_a_line(release: Path) -> None:
    path = release / NQUADS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    found = dict(differences(release)[1:])
    graph = lines[-1].rsplit(b"<", 1)[1].partition(b">")[0].decode()
    assert found["manifest.json"] == f"lists {len(lines)} quads, where there are {len(lines) - 1}"
    assert f"statements in the graph {graph}, where the manifest lists" in found[NQUADS]
    assert found[TRIG] == f"does not have the same statements as {NQUADS}"
    assert found[JSONLD] == f"does not have the same statements as {NQUADS}"


@pytest.mark.parametrize(
    "path", [NQUADS, TRIG, "shapes/Claim.ttl", f"{NQUADS}.gz", "context.jsonld"]
)
def test_missing(release: Path, path: str) -> None:
    (release / path).unlink()
    assert (path, "is missing") in differences(release)


@pytest.mark.parametrize(
    ("path", "message"), [("manifest.json", "is missing"), ("SHA256SUMS", "is missing")]
)
def test_missing_at_the_top(release: Path, path: str, message: str) -> None:
    (release / path).unlink()
    assert differences(release) == [(path, message)]


def test_extra_files(release: Path) -> None:
    (release / "data" / "more.nq").write_text("<x:a> <x:b> <x:c> .\n")
    (release / ".hidden").touch()
    assert differences(release) == [
        (".hidden", "is not listed in the manifest"),
        ("data/more.nq", "is not listed in the manifest"),
    ]


def test_links_and_pipes_are_not_read(release: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("this is no Turtle, and nobody shall learn that")
    (release / "shapes" / "Claim.ttl").unlink()
    (release / "shapes" / "Claim.ttl").symlink_to(secret)
    (release / "more").symlink_to(tmp_path)
    os.mkfifo(release / "pipe")
    assert differences(release) == [
        ("more", "is a link, and was not read"),
        ("pipe", "is not a regular file, and was not read"),
        ("shapes/Claim.ttl", "is a link, and was not read"),
        ("shapes/Claim.ttl", "is missing"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            edit("manifest.json", b'"files"', b'"flies"'),
            "this is not the manifest of a release: files is",
        ),
        (edit("manifest.json", b'"data/', b'"../data/'), "is not a path within the release"),
        (edit("manifest.json", b'"data/', b'"/data/'), "is not a path within the release"),
        (
            edit("manifest.json", b'"bytes": ', b'"bytes": 99999999999999999999'),
            "out of range",
        ),
        (edit("manifest.json", b'"bytes": ', b'"bytes": -'), "out of range"),
        (edit("manifest.json", b"}", b""), "this is not the manifest of a release"),
    ],
)
def test_a_manifest_that_is_none(release: Path, change: Change, message: str) -> None:
    change(release)
    ((path, found),) = differences(release)
    assert path == "manifest.json"
    assert message in found


def test_a_changed_manifest(release: Path) -> None:
    edit("manifest.json", b"by/4.0/", b"by/3.0/")(release)
    assert differences(release) == [
        ("SHA256SUMS", "has no line, or another digest, for manifest.json")
    ]


def test_changed_sums(release: Path) -> None:
    with (release / "SHA256SUMS").open("a") as stream:
        stream.write("more\n")
    assert differences(release) == [
        ("SHA256SUMS", "has other lines than the files of the manifest, or in another order")
    ]


def test_a_changed_graph_with_all_digests_updated(release: Path) -> None:
    """Only the hashes of the graphs, and the other formats, still tell."""
    edit(NQUADS, b'"Marco Rubio"', b'"Marco Rubia"')(release)
    data = (release / NQUADS).read_bytes()
    (release / f"{NQUADS}.gz").write_bytes(gzip.compress(data))
    sealed(release, NQUADS, f"{NQUADS}.gz")
    assert differences(release) == [
        (
            NQUADS,
            "has other statements in the graph https://w3id.org/testimonia/id/graph/agents than the "
            "manifest",
        ),
        (JSONLD, f"does not have the same statements as {NQUADS}"),
        (TRIG, f"does not have the same statements as {NQUADS}"),
        (TURTLE, f"does not have the same statements as {NQUADS}"),
    ]


@pytest.mark.parametrize("path", [TRIG, JSONLD, TURTLE])
def test_a_format_that_says_something_else(release: Path, path: str) -> None:
    edit(path, b'"Marco Rubio"', b'"Marco Rubia"')(release)
    data = (release / path).read_bytes()
    (release / f"{path}.gz").write_bytes(gzip.compress(data))
    sealed(release, path, f"{path}.gz")
    assert differences(release) == [(path, f"does not have the same statements as {NQUADS}")]


def test_derived_facts_that_are_others(release: Path) -> None:
    edit(DERIVED, b'"1.0.0"', b'"1.0.1"')(release)
    (release / f"{DERIVED}.gz").write_bytes(gzip.compress((release / DERIVED).read_bytes()))
    sealed(release, DERIVED, f"{DERIVED}.gz")
    assert differences(release) == [(DERIVED, f"does not have the same statements as {NQUADS}")]


def test_the_number_of_quads(release: Path) -> None:
    sealed(release, quads=5)
    number = (release / NQUADS).read_bytes().count(b"\n")
    assert differences(release) == [("manifest.json", f"lists 5 quads, where there are {number}")]


def test_graphs_that_are_listed_or_there_alone(release: Path) -> None:
    content = json.loads((release / "manifest.json").read_bytes())
    left_out = content["graphs"].pop(0)
    more = {"name": "x:more", "triples": 1, "sha256": 64 * "0"}
    content["graphs"][0]["triples"] += 1
    miscounted = content["graphs"][0]
    sealed(release, graphs=[*content["graphs"], more])
    assert differences(release) == [
        ("manifest.json", f"does not list the graph {left_out['name']}"),
        (
            NQUADS,
            f"has {miscounted['triples'] - 1} statements in the graph {miscounted['name']}, where the "
            f"manifest lists {miscounted['triples']}",
        ),
        (NQUADS, "lacks the graph x:more"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("<x:0>  <x:b> <x:c> <x:g> .\n", "line 1: not in canonical form"),
        ("# a comment\n", "line 1: not in canonical form"),
        ('<x:0> <x:b> "\\u0061" <x:g> .\n', "line 1: not in canonical form"),
        ("<z:z> <x:b> <x:c> <x:g> .\n", "line 2: not in canonical order"),
        ("<x:0> <x:b> _:b <x:g> .\n", "line 1: has a blank node"),
        ("<x:0> <x:b> <<( <x:a> <x:b> <x:c> )>> <x:g> .\n", "line 1: or one after it: "),
        ("<x:0> <x:b> .\n", "line 1: not well formed: "),
        ("\n", "line 1: not in canonical form"),
    ],
)
def test_not_canonical(release: Path, line: str, reason: str) -> None:
    path = release / NQUADS
    path.write_bytes(line.encode() + path.read_bytes())
    sealed(release, NQUADS)
    found = dict(differences(release))
    assert found[NQUADS].startswith(reason)


def test_twice_the_same_line(release: Path) -> None:
    path = release / NQUADS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines]))
    assert (NQUADS, "line 2: not in canonical order") in differences(release)


def test_files_that_cannot_be_read(release: Path) -> None:
    for path in (TRIG, "ontology/testimonia.rdf", "ontology/codes/harm.ttl"):
        (release / path).write_text("@")
    (release / JSONLD).write_text('{"@context": "http://a.example/context"}')
    sealed(release, TRIG, JSONLD, "ontology/testimonia.rdf", "ontology/codes/harm.ttl")
    found = {path: message for path, message in differences(release) if ".gz" not in path}
    assert found.keys() == {TRIG, JSONLD, "ontology/testimonia.rdf", "ontology/codes/harm.ttl"}
    assert "not well formed" in found[TRIG]
    assert "remote JSON-LD context, and nothing is fetched" in found[JSONLD]


@pytest.mark.parametrize("path", ["ontology/testimonia.rdf", "more.owl", "ontology/more.rdf"])
def test_xml_that_would_never_end(release: Path, path: str) -> None:
    entities = '<!ENTITY a0 "0">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20)
    )
    (release / path).write_text(
        f"<?xml version='1.0'?><!DOCTYPE r [{entities}]>"
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:">'
        '<rdf:Description rdf:about="x:a"><x:b>&a19;</x:b></rdf:Description></rdf:RDF>'
    )
    files = json.loads((release / "manifest.json").read_bytes())["files"]
    if "more" in path:
        more = {"path": path, "bytes": 0, "sha256": 64 * "0", "mediaType": "application/rdf+xml"}
        files.append(more)
    sealed(release, path, files=files)
    found = dict(differences(release)[-1:])
    assert found == {path: "declares XML entities, and was not read"}


def test_vocabulary_that_says_something_else(release: Path) -> None:
    edit("ontology/codes/harm.jsonld", b"illed", b"issed")(release)
    sealed(release, "ontology/codes/harm.jsonld")
    assert differences(release) == [
        (
            "ontology/codes/harm.jsonld",
            "does not have the same statements as ontology/codes/harm.ttl",
        )
    ]


@pytest.mark.parametrize("content", ["other", "bomb", "cut", "no gzip"])
def test_compressed_files(release: Path, content: str) -> None:
    path = f"{NQUADS}.gz"
    whole = (release / path).read_bytes()
    (release / path).write_bytes(
        {
            "other": gzip.compress(b"other"),
            "bomb": gzip.compress(b"0" * (1 << 26)),
            "cut": whole[:-8],
            "no gzip": b"no gzip",
        }[content]
    )
    sealed(release, path)
    assert differences(release) == [(path, f"does not hold {NQUADS}")]


def test_nothing_is_unpacked_to_a_size_that_only_the_manifest_gives(release: Path) -> None:
    path = f"{NQUADS}.gz"
    (release / path).write_bytes(gzip.compress(b"0" * (1 << 26)))
    content = json.loads((release / "manifest.json").read_bytes())
    for file in content["files"]:
        if file["path"] == NQUADS:
            file["bytes"] = 1 << 60
    sealed(release, path, files=content["files"])
    size = (release / NQUADS).stat().st_size
    assert differences(release) == [
        (NQUADS, f"has {size} bytes, where the manifest lists {1 << 60}")
    ]


def test_a_compressed_file_of_nothing(release: Path) -> None:
    content = json.loads((release / "manifest.json").read_bytes())
    for file in content["files"]:
        if file["path"] == f"{NQUADS}.gz":
            file["compresses"] = "data/none.nq"
    sealed(release, files=content["files"])
    assert differences(release) == [
        ("manifest.json", f"does not list data/none.nq, which {NQUADS}.gz holds")
    ]


def test_data_that_violate_the_shapes(tmp_path: Path) -> None:
    text = b"""
    @prefix tmn: <https://w3id.org/testimonia/ns#> .
    <https://w3id.org/testimonia/id/place/a> a tmn:Place .
    <https://w3id.org/testimonia/id/event/b> a tmn:Event ; tmn:misspelt "x" .
    """
    made = publish(parse(text, RdfFormat.TURTLE), tmp_path / "bad", version="1", compress=False)
    assert differences(made.folder) == []
    found = differences(made.folder, shapes=True)
    assert {path for path, _ in found} == {NQUADS}
    assert any(message.startswith("place:a: ") for _, message in found)
    assert any("misspelt" in message for _, message in found)


def test_shapes_that_call_on_another_server(release: Path) -> None:
    path = release / "shapes" / "Claim.ttl"
    path.write_text(
        path.read_text()
        + """
        <https://w3id.org/testimonia/shapes#Evil> a sh:NodeShape ;
          sh:targetClass <https://w3id.org/testimonia/ns#Claim> ;
          sh:sparql [ sh:select "SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }" ] .
        """
    )
    found = dict(differences(release, shapes=True))
    assert "nothing is fetched" in found["shapes"]


def test_no_release(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        verify(tmp_path / "none")
    with pytest.raises(InputError, match="this folder is not a release"):
        verify(tmp_path)


def test_progress(published: Published) -> None:
    reported: list[tuple[str, int, int | None]] = []
    verify(published.folder, shapes=False, progress=lambda *what: reported.append(what))
    assert ("quads checked", published.manifest.quads, None) in reported


ENDLESS = """
    SELECT $this { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = "x") }
"""
HUNGRY = """
    SELECT DISTINCT $this ?value {
      ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(STR(?a), STR(?d), STR(?g), STR(?i)) AS ?value)
    }
"""


def with_constraint(folder: Path, query: str) -> None:
    """Put a constraint into the shapes, as a stranger would whose release agrees with itself."""
    twins = ["shapes/Claim.jsonld", "shapes/Claim.rdf"]
    for path in twins:
        (folder / path).unlink()
    kept = [
        file
        for file in json.loads((folder / "manifest.json").read_bytes())["files"]
        if file["path"] not in twins
    ]
    path = folder / "shapes/Claim.ttl"
    path.write_text(
        f"""{path.read_text()}
        <https://example.org/shape> a sh:NodeShape ;
          sh:targetSubjectsOf <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ;
          sh:sparql [ sh:message "x" ; sh:select '''{query}''' ] .
        """
    )
    sealed(folder, "shapes/Claim.ttl", files=kept)


def test_shapes_that_cannot_be_checked(release: Path) -> None:
    with_constraint(release, "SELECT ?a { ?a ?b ?c }")
    ((path, message),) = differences(release, shapes=True)
    assert path == "shapes"
    assert message.startswith(
        "https://example.org/shape could not be checked: its SELECT must return $this"
    )


def test_shapes_that_never_end(release: Path) -> None:
    with_constraint(release, ENDLESS)
    assert differences(release) == []
    ((path, message),) = differences(release, shapes=True, time_limit=3)
    assert path == "shapes"
    # Whichever comes first: the limit ends the process of all shapes, or that of the one query.
    assert message in (
        "could not be checked: checking them took longer than 3 seconds, and was stopped",
        "https://example.org/shape could not be checked: "
        "the process running its query ended, most likely because it ran out of memory",
    )


def test_shapes_that_take_all_memory(release: Path) -> None:
    with_constraint(release, HUNGRY)
    ((path, message),) = differences(release, shapes=True, time_limit=300, memory=700)
    assert path == "shapes"
    assert message in (
        "could not be checked: checking them needed more than 700 MiB of memory",
        "https://example.org/shape could not be checked: "
        "the process running its query ended, most likely because it ran out of memory",
    )


@pytest.mark.parametrize("limit", [{"time_limit": 0}, {"time_limit": float("nan")}, {"memory": -1}])
def test_limits_that_are_none(tmp_path: Path, limit: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="cannot be"):
        verify(tmp_path, **limit)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" + b"[]," * 2_000_001 + b"[]]", "it has more than 2,000,000 lists and objects"),
        (b"[" * 100_000, "it is nested too deep"),
        (b'{"a":' * 100_000, "it is nested too deep"),
        (b" " * ((64 << 20) + 1), "it is larger than 64 MiB"),
    ],
)
def test_manifests_that_no_release_has(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    assert differences(tmp_path) == [
        ("manifest.json", f"this is not the manifest of a release: {reason}")
    ]


def test_violations_that_the_manifest_states(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(
        "@prefix tmn: <https://w3id.org/testimonia/ns#> ."
        "<https://w3id.org/testimonia/id/event/b> a tmn:Event ; tmn:misspelt 'x' , 'y' ."
    )
    dataset = testimonia.open(data)
    with pytest.raises(ViolationsFound) as caught:
        dataset.publish(tmp_path / "release", derived=False, projections=False)
    number = caught.value.report.count(Severity.VIOLATION)
    assert number > 0
    assert [path.name for path in tmp_path.iterdir()] == ["data.ttl"]

    options = {"derived": False, "projections": False, "allow_violations": True}
    made = dataset.publish(tmp_path / "release", **options)
    assert made.manifest.violations == number
    found = verify(made.folder)
    assert (found.passes, found.violations) == (True, number)

    sealed(made.folder, violations=number + 1)
    assert (
        "manifest.json",
        f"states {number + 1} violations of the shapes, where there are {number}",
    ) in differences(made.folder, shapes=True)


def test_a_manifest_states_that_the_data_keep_the_shapes(published: Published) -> None:
    assert published.manifest.violations == 0
    assert verify(published.folder).violations == 0
