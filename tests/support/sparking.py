"""One Spark session for all tests that need one, on this machine alone."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

MISSING = [
    name
    for name, there in (
        ("pyspark (make spark installs it)", importlib.util.find_spec("pyspark")),
        ("Java", shutil.which("java")),
    )
    if not there
]

needs_spark = pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)}")


@contextmanager
def small_session() -> Iterator[Any]:
    """Start Spark with two cores, little memory, and nothing that listens to others."""
    from testimonia.tables.spark.session import session

    settings = {
        "spark.driver.memory": "2g",
        # Small queries are compiled longer than they run.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.default.parallelism": "2",
        "spark.python.worker.reuse": "true",
    }
    words = [f"--conf '{name}={value}'" for name, value in settings.items()]
    before = {name: os.environ.get(name) for name in ("PYSPARK_SUBMIT_ARGS", "PYTHONPATH")}
    os.environ["PYSPARK_SUBMIT_ARGS"] = " ".join([*words, "pyspark-shell"])
    # Workers are to find the packages and the support modules of these tests.
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        with session("local[2]") as spark:
            yield spark
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
