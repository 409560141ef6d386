"""The folder of a killed endpoint is removed by the next one; a folder in use is not."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from endpoints import endpoint


@pytest.mark.slow
def test_leftovers_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = tmp_path / "tmp"
    parent.mkdir()
    monkeypatch.setenv("TMPDIR", str(parent))
    other = parent / "testimonia-serve-of-somebody-else"
    other.mkdir()  # without a lock file
    with endpoint(tmp_path, "--workers", "2") as killed:
        killed.process.kill()
        killed.process.wait()
    (left,) = set(parent.iterdir()) - {other}
    with endpoint(tmp_path, "--workers", "2") as first:
        assert not left.exists()
        assert (
            f"removed {left}, left behind by an endpoint that was killed" in first.log.read_text()
        )
        (own,) = set(parent.iterdir()) - {other}
        (tmp_path / "second").mkdir()
        with endpoint(tmp_path / "second", "--workers", "2"):
            assert own.exists()
            assert httpx.get(first.root + "data/all.nq").status_code == 200
    assert list(parent.iterdir()) == [other]
