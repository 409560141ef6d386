"""Each file has an address of its own, which any client can ask for."""

from __future__ import annotations

from pathlib import Path

from testimonia.web.dumps import dumps


def test_files_of_directories_beside_each_other(tmp_path: Path) -> None:
    found = dumps(["/a/b/../x/one.ttl", "/a/b/two.nq.gz"], tmp_path)
    assert {dump.address: dump.path for dump in found.values()} == {
        "files/x/one.ttl": Path("/a/b/../x/one.ttl"),
        "files/b/two.nq.gz": Path("/a/b/two.nq.gz"),
    }


def test_all_data_come_first(tmp_path: Path) -> None:
    (tmp_path / "dump.nq").touch()
    assert list(dumps(["/a/one.ttl"], tmp_path)) == ["dump.nq", "files/one.ttl"]
    (tmp_path / "all.nq").touch()
    assert list(dumps(["/a/one.ttl"], tmp_path)) == ["all.nq", "dump.nq", "files/one.ttl"]
