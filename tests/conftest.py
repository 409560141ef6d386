"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

NOTHING_MAY_BE_SKIPPED = bool(os.environ.get("TESTIMONIA_NO_SKIPS"))
"""Set where all that the tests need is at hand, so that a skip there means a broken set-up."""


# Machines are shared and slow at times; and where all is checked, the same examples are tried each time.
settings.register_profile("shared", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("shared")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skips into failures where nothing may be skipped."""
    report = yield
    if NOTHING_MAY_BE_SKIPPED and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report
