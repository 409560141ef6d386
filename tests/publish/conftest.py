"""Releases to look at, made once."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest
import releases

from testimonia.publish import Published
from testimonia.publish.folder.release import Release


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Publish the shipped data with what follows from them and one policy."""
    folder = tmp_path_factory.mktemp("published") / "release"
    return palmyra.opened().publish(folder, version="1.0.0", policies=["evidence-grade"])


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """Name a place for a release."""
    return tmp_path / "release"


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Give a release of the shipped data as each function that describes it is given it."""
    return releases.make(tmp_path_factory.mktemp("release"), releases.shipped())
