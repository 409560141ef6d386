"""One endpoint over the data of two reports for clients that run in Node."""

from __future__ import annotations

from collections.abc import Iterator

import palmyra
import pytest
from endpoints import Running, endpoint


@pytest.fixture(scope="package")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("shipped")
    with endpoint(folder, "--workers", "2", *map(str, palmyra.FILES)) as running:
        yield running
