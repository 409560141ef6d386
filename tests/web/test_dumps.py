"""Each file has a URL of its own."""

from __future__ import annotations

from pathlib import Path

from testimonia.web.dumps import dumps


def test_files_of_several_directories(tmp_path: Path) -> None:
    found = dumps(["/a/b/../x/one.ttl", "/a/b/two.nq.gz"], tmp_path)
    assert {dump.url: dump.path for dump in found.values()} == {
        "files/x/one.ttl": Path("/a/b/../x/one.ttl"),
        "files/b/two.nq.gz": Path("/a/b/two.nq.gz"),
    }


def test_generated_dumps_come_first(tmp_path: Path) -> None:
    (tmp_path / "dump.nq").touch()
    assert list(dumps(["/a/one.ttl"], tmp_path)) == ["dump.nq", "files/one.ttl"]
    (tmp_path / "all.nq").touch()
    assert list(dumps(["/a/one.ttl"], tmp_path)) == ["all.nq", "dump.nq", "files/one.ttl"]
