"""One endpoint over the shipped data, shared by all tests that do not change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from endpoints import Running, endpoint


@pytest.fixture(scope="package")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with endpoint(tmp_path_factory.mktemp("shipped"), "--log-queries") as running:
        yield running
