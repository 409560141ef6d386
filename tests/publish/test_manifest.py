"""A manifest is read as from a stranger."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimonia.errors import InputError
from testimonia.publish import PublishedFile, PublishedGraph
from testimonia.publish.folder import manifest
from testimonia.publish.folder.manifest import Manifest

DIGEST = 64 * "a"
ONE = Manifest(
    version="1.0",
    date=datetime.date(2026, 1, 2),
    title="A “title”",
    licence="x:licence",
    base="x:base/",
    quads=3,
    graphs=(PublishedGraph("x:g", 3, DIGEST),),
    files=(
        PublishedFile("a/b.nq", 1, DIGEST, "application/n-quads"),
        PublishedFile("a/b.nq.gz", 2, DIGEST, "application/gzip", "a/b.nq"),
        PublishedFile(".htaccess", 3, DIGEST, "text/plain"),
    ),
)


def read(tmp_path: Path, content: bytes) -> Manifest:
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    return manifest.read(path)


@pytest.mark.parametrize(
    "one", [ONE, Manifest("1", None, "t", "x:l", "x:b", 0, (), ())], ids=["full", "empty"]
)
def test_read_as_written(tmp_path: Path, one: Manifest) -> None:
    content = manifest.written(one)
    assert read(tmp_path, content) == one
    assert manifest.looks_like_one(tmp_path / "manifest.json")


def changed(**changes: Any) -> bytes:
    return json.dumps({**json.loads(manifest.written(ONE)), **changes}).encode()


def file(**changes: Any) -> bytes:
    given_ = {"path": "a", "bytes": 1, "sha256": DIGEST, "mediaType": "text/plain"}
    return changed(files=[{**given_, **changes}])


def graph(**changes: Any) -> bytes:
    return changed(graphs=[{"name": "x:g", "triples": 1, "sha256": DIGEST, **changes}])


HUGE = b'{"format": "testimonia-release-1", "quads": ' + b"9" * 5000 + b"}"
FAULTS = [
    (b"", "Expecting value"),
    (b"\xff", "codec"),
    (b"[" * 100_000, "nested too deep"),
    (b"[]", "it is not an object"),
    (HUGE, "digits"),
    (b'{"quads": NaN}', "NaN is not a JSON number"),
    (b'{"a": 1, "a": 2}', "a key twice"),
    (changed(format="other"), "its format is not"),
    (changed(version=1), "version is missing or not a string"),
    (changed(date=1), "date is not a string"),
    (changed(date="soon"), "Invalid isoformat"),
    (changed(quads=-1), "quads is out of range"),
    (changed(quads=2**63), "quads is out of range"),
    (changed(quads=True), "quads is missing or not an integer"),
    (changed(quads=1.0), "quads is missing or not an integer"),
    (changed(licence="no IRI"), "licence cannot be"),
    (changed(files={}), "files is missing or not a list"),
    (changed(files=[1]), "a file is not an object"),
    (changed(graphs=[[]]), "a graph is not an object"),
    (file(bytes=1e300), "bytes is missing or not an integer"),
    (file(sha256="A" * 64), "sha256 cannot be"),
    (file(sha256="a" * 63), "sha256 cannot be"),
    (file(mediaType="text/html; charset=x"), "mediaType cannot be"),
    (file(compresses="../x"), "is not a path within the release"),
    (file(path="manifest.json"), "it lists itself or the digests"),
    (file(path="SHA256SUMS"), "it lists itself or the digests"),
    (changed(files=2 * json.loads(file())["files"]), "it lists a file twice"),
    (graph(name="no IRI"), "name cannot be"),
    (graph(name="x:a>b"), "name cannot be"),
    (graph(triples="1"), "triples is missing or not an integer"),
    (changed(graphs=2 * json.loads(graph())["graphs"]), "it lists a graph twice"),
]


@pytest.mark.parametrize(("content", "reason"), FAULTS, ids=[reason for _, reason in FAULTS])
def test_faults(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match="this is not the manifest of a release") as caught:
        read(tmp_path, content)
    assert reason in caught.value.message


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "_LARGEST", 1 << 20)
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read(tmp_path, b" " * ((1 << 20) + 1))


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/etc/passwd", "..", ".", "a/..", "../a", "a/../../b", "a//b", "a/", "./a"),
        *(
            "a\\b",
            "..\\a",
            "C:/a",
            "C:a",
            "a\0b",
            "a\nb",
            "a b",
            "~/a",
            "-a",
            "...",
            "é",
            "a/.",
            "\u202ea",
        ),
    ],
)
def test_paths_that_lead_elsewhere(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="is not a path within the release"):
        read(tmp_path, file(path=path))


@given(st.text("ab./\\-_:~", max_size=12))
def test_a_path_never_leads_out(path: str) -> None:
    if manifest.is_path(path):
        place = Path("/release", path)
        assert ".." not in place.parts
        assert place.parts[:2] == ("/", "release")
        assert place.relative_to("/release").as_posix() == path


def test_sums() -> None:
    content = manifest.written(ONE)
    assert manifest.sums(ONE.files[:1], content).decode().splitlines()[0] == f"{DIGEST}  a/b.nq"
    assert manifest.sums((), b"").decode() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  manifest.json\n"
    )
