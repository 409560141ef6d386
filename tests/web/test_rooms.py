"""What a killed endpoint leaves is removed by the next one, and nothing that is in use."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from endpoints import endpoint


@pytest.mark.slow
def test_leftovers_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setenv("TMPDIR", str(room))
    other = room / "testimonia-serve-of-somebody-else"
    other.mkdir()  # without the sign of an endpoint
    with endpoint(tmp_path, "--workers", "2") as killed:
        killed.process.kill()
        killed.process.wait()
    (left,) = set(room.iterdir()) - {other}
    with endpoint(tmp_path, "--workers", "2") as first:
        assert not left.exists()
        assert f"removed {left}, which an endpoint left that was killed" in first.log.read_text()
        (own,) = set(room.iterdir()) - {other}
        (tmp_path / "second").mkdir()
        with endpoint(tmp_path / "second", "--workers", "2"):
            assert own.exists()
            assert httpx.get(first.root + "data/all.nq").status_code == 200
    assert list(room.iterdir()) == [other]
