"""What keeps Spark from starting is reported at once, on one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sparking import needs_spark

from testimonia.cli import run as run_command
from testimonia.errors import ExtraMissing
from testimonia.tables.spark.session import session, why

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parents[3] / "src"


def on_spark(tmp_path: Path, master: str, **environment: str) -> tuple[int, str]:
    (tmp_path / "rows.csv").write_text("id\n1\n")
    words = ["map", "ucdp-ged", "rows.csv", "-o", "out", "--engine", "spark", "--master", master]
    ran = subprocess.run(
        [sys.executable, "-m", "testimonia", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "200", **environment},
        capture_output=True,
        check=False,
        timeout=200,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
    return ran.returncode, ran.stderr.decode()


def test_without_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ExtraMissing, match=r'pip install "testimonia\[spark\]"'), session():
        pass


@needs_spark
def test_without_java(tmp_path: Path) -> None:
    code, printed = on_spark(tmp_path, "local[1]", PATH=str(tmp_path), JAVA_HOME="")
    assert code == 2
    assert "Spark needs Java, and there is none on the path" in printed


@needs_spark
def test_without_a_master(tmp_path: Path) -> None:
    code, printed = on_spark(tmp_path, "spark://127.0.0.1:1")
    assert code == 2
    assert "the Spark master cannot be reached (127.0.0.1:1: " in printed


@needs_spark
def test_with_a_master_that_is_none(tmp_path: Path) -> None:
    code, printed = on_spark(tmp_path, "nonsense")
    assert code == 2
    assert "Spark cannot be started (" in printed
    assert "Check the master (--master)" in printed
    assert "Traceback" not in printed


def test_options_of_spark_go_with_spark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = str(tmp_path / "out.nq")
    assert run_command(["map", "ucdp-ged", "x.csv", "-o", output, "--master", "local"]) == 2
    assert "--master and --format need --engine spark" in capsys.readouterr().err
    words = ["map", "ucdp-ged", "x.csv", "-o", output, "--engine", "spark", "--rejects", "r.csv"]
    assert run_command(words) == 2
    assert "--rejects cannot be used with --engine spark" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("trace", "line"),
    [
        ("", "no message"),
        ("It failed.\n\tat a.b.C(D.scala:1)\n", "It failed."),
        (
            "x\n\tat a\nCaused by: b.Fault: one\n\tat c\nCaused by: d.Fault: two\n\tat e",
            "d.Fault: two",
        ),
        (
            "org.apache.Error: x\nTraceback:\n  File y\nValueError: no such thing\n",
            "ValueError: no such thing",
        ),
    ],
)
def test_traces_come_down_to_a_line(trace: str, line: str) -> None:
    assert why(trace) == line
