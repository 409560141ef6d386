"""Starts a Spark session, with clear errors if that fails."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from testimonia.errors import SparkError
from testimonia.extras import require

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

__all__ = ["apart", "faults", "session", "why"]

_RAISED: Final = re.compile(r"(?!org\.|java\.|py4j\.)[\w.]+(Error|Exception|Fault): ")
_PATIENCE: Final = 10.0
"""Timeout for the master to answer, in seconds."""

_ALWAYS: Final = {
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    # Each task writes one file per claim table; without this it would sort its rows first.
    "spark.sql.maxConcurrentOutputFileWriters": "32",
}
_OWN: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    # Otherwise "${env:HOME}" in a constant would be read from the environment.
    "spark.sql.variable.substitute": "false",
}
"""Settings of sessions for compiled queries."""
_AT_START: Final = {
    "spark.ui.enabled": "false",
    "spark.log.level": "FATAL",  # errors are raised; no need to log them as well
    # A task has one core; Polars in it must not use more.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
}
_ALONE: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # 200 by default, which is for clusters: most of them would be empty.
    "spark.sql.shuffle.partitions": "16",
}


@contextmanager
def session(master: str | None = None) -> Iterator[SparkSession]:
    """Return the active Spark session, or else a new one that is stopped after the block.

    Parameters
    ----------
    master
        Where Spark runs, such as ``local[2]`` or ``spark://host:7077``; when left out, as set by
        ``spark-submit`` or the configuration of Spark.

    Raises
    ------
    ExtraMissing
        pyspark is not installed.
    SparkError
        Java is missing, or the master cannot be reached.
    """
    with warnings.catch_warnings():
        # Spark warns about new versions of pandas, which is not used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        yield from _session(master)


def _session(master: str | None) -> Iterator[SparkSession]:
    builder_of = _import()
    running = builder_of.getActiveSession()
    if running is not None:
        with _configured(running):
            yield running
        return
    _need_java()
    if master:
        _need_answer(master)
    started = _start(builder_of, master)
    try:
        with _configured(started):
            yield started
    finally:
        started.stop()


@contextmanager
def apart(spark: SparkSession) -> Iterator[SparkSession]:
    """Make a session with names and settings of its own on the same Spark.

    Parameters
    ----------
    spark
        A session, which is the active one afterwards.
    """
    own = spark.newSession()
    for name, value in (_ALWAYS | _OWN).items():
        own.conf.set(name, value)
    try:
        yield own
    finally:
        with suppress(*faults()):  # if Spark is gone
            spark.createDataFrame([], "one int")  # the session that did so last is the active one


def faults() -> tuple[type[Exception], ...]:
    """Return the exception classes of Spark."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError


def why(error: Exception | str) -> str:
    """Extract the message from an exception of Spark, without Java and Python tracebacks."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # The cause comes last before the Java traceback; that of a worker is last in its own traceback.
    causes = [line for line in lines if line.startswith("Caused by:") or _RAISED.match(line)]
    line = causes[-1] if causes else (lines[0] if lines else "no message")
    return line.removeprefix("Caused by: ")[:500]


def _import() -> type[SparkSession]:
    require("spark", "pyspark", "pandas", "pyarrow", "sqlglot")
    from pyspark.sql import SparkSession

    found: type[SparkSession] = SparkSession
    return found


def _need_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which(os.path.join(home, "bin", "java") if home else "java") is None:  # noqa: PTH118
        where = f"in JAVA_HOME ({home})" if home else "on the path"
        raise SparkError(
            f"Spark needs Java, and there is none {where}",
            hint="Install a Java runtime, version 17 or newer.",
        )


def _need_answer(master: str) -> None:
    """Fail at once if nothing listens there; Spark itself would retry for a minute."""
    if not master.startswith("spark://"):
        return
    refused = []
    for address in master.removeprefix("spark://").split(","):
        try:
            place = urlsplit(f"//{address}")
            with socket.create_connection((place.hostname, place.port or 7077), _PATIENCE):
                return
        except (OSError, ValueError) as error:
            refused.append(f"{address}: {error}")
    raise SparkError(
        f"the Spark master cannot be reached ({'; '.join(refused)})",
        hint="Check the address, and that the master runs. Without a cluster: --master 'local[*]'.",
    )


def _start(builder_of: type[SparkSession], master: str | None) -> SparkSession:
    builder = builder_of.builder.appName("testimonia")
    settings = _AT_START | {"spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower()}
    if master:
        builder = builder.master(master)
        if master.startswith("local"):
            settings = settings | _ALONE
            # Local workers must have the packages of this process.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        given = _given()
        for name, value in settings.items():
            if not given.contains(name):
                builder = builder.config(name, value)
        return builder.getOrCreate()
    except faults() as error:
        raise SparkError(
            f"Spark cannot be started ({why(error)})",
            hint="Check the master (--master), SPARK_HOME and JAVA_HOME.",
        ) from None


def _given() -> SparkConf:
    """Read the configuration of spark-submit, which takes precedence over what is set here."""
    from pyspark import SparkConf, SparkContext

    if "PYSPARK_GATEWAY_PORT" in os.environ:
        SparkContext._ensure_initialized()
    return SparkConf()


@contextmanager
def _configured(running: SparkSession) -> Iterator[None]:
    before = {name: running.conf.get(name, None) for name in _ALWAYS}
    for name, value in _ALWAYS.items():
        running.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                running.conf.unset(name)
            else:
                running.conf.set(name, old)
