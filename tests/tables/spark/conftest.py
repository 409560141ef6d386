"""Spark is started once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sparking import small_session


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    with small_session() as started:
        yield started
