"""What all tests share."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator

import pytest
from hypothesis import settings

NOTHING_MAY_BE_SKIPPED = bool(os.environ.get("TESTIMONIA_NO_SKIPS"))
"""Set where all that the tests need is at hand, so that a skip there means a broken set-up."""

if "PYTEST_XDIST_WORKER" not in os.environ:
    # Workers inherit it, and no test depends on what the user's own cache holds.
    os.environ["TESTIMONIA_CACHE"] = tempfile.mkdtemp(prefix="testimonia-cache-")
    atexit.register(shutil.rmtree, os.environ["TESTIMONIA_CACHE"], ignore_errors=True)


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
