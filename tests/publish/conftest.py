"""One release of the shipped data, for all tests of what describes it."""

from __future__ import annotations

import pytest
import releases

from testimonia.publish.release import Release


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return releases.make(tmp_path_factory.mktemp("release"), releases.shipped())
