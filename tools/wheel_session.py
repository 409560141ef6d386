"""Tests an installed wheel through its command line, from outside the checkout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["STEPS", "StepFailed", "use"]

_PATIENCE: Final = 300


class StepFailed(Exception):
    """A step of the session failed."""


@dataclass(frozen=True)
class Session:
    """An environment with the wheel, and a folder to work in."""

    environment: Path
    folder: Path

    def run(self, *words: str, code: int = 0) -> str:
        """Run the command line, and return its output."""
        return self._run([str(self.environment / "bin/testimonia"), *words], code)

    def python(self, script: str) -> str:
        """Run a script."""
        return self._run(
            [str(self.environment / "bin/python"), "-W", "error::UserWarning", "-c", script]
        )

    def _run(self, command: list[str], code: int = 0) -> str:
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd=self.folder,
                env=clean_environment(),
                timeout=_PATIENCE,
            )
        except subprocess.TimeoutExpired as slow:
            raise StepFailed(f"{' '.join(command)} took more than {_PATIENCE} s") from slow
        if done.returncode != code:
            ended = f"ended with {done.returncode}, not {code}"
            raise StepFailed(
                f"{' '.join(command)} {ended}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
        return done.stdout


def clean_environment() -> dict[str, str]:
    """Give the environment without variables that lead to the checkout or set a date."""
    left_out = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH"}
    return {name: value for name, value in os.environ.items() if name not in left_out}


def use(environment: Path, folder: Path) -> None:
    """Take all steps, in order.

    Parameters
    ----------
    environment
        Where the wheel is installed.
    folder
        The working directory, which is created.

    Raises
    ------
    StepFailed
        A step failed.
    """
    folder.mkdir()
    session = Session(environment, folder)
    for step in STEPS:
        step(session)


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise StepFailed(what)


def version(session: Session) -> None:
    """Check that the wheel runs, not the checkout."""
    place = session.python("import testimonia; print(testimonia.__file__)").strip()
    _expect(Path(place).is_relative_to(session.environment), f"testimonia runs from {place}")
    _expect(bool(session.run("--version").strip()), "there is no version")


def ask(session: Session) -> None:
    """Have a question answered, in each format."""
    _expect(
        "US Central Command" in session.run("ask", "confirmed-figures"), "no figure is confirmed"
    )
    for form in ("csv", "tsv", "json"):
        _expect(bool(session.run("ask", "timeline", "--format", form)), f"no answer as {form}")


def validate(session: Session) -> None:
    """Validate the shipped data, and by both engines data that break the shapes."""
    session.run("validate")
    (session.folder / "bad.ttl").write_text(
        "@prefix tmn: <https://w3id.org/testimonia/ns#> . <urn:x:claim> a tmn:Claim .\n"
    )
    session.run("validate", "bad.ttl", "--engine", "both", code=1)


def tables(session: Session) -> None:
    """Write claim tables in every form, and read the same statements from each."""
    made = set()
    for form in ("csv", "xlsx", "parquet"):
        place = f"tables-{form}" + (".xlsx" if form == "xlsx" else "")
        session.run("tables", "-o", place, "--format", form)
        session.run("map", "sheet", place, "-o", f"{form}.nq")
        made.add(frozenset((session.folder / f"{form}.nq").read_text().splitlines()))
    _expect(len(made) == 1, "claim tables of different forms do not hold the same")


def publish(session: Session) -> None:
    """Make a release with every format and tables, and check it."""
    session.run("publish", "-o", "release", "--version", "1", "--date", "2026-01-02")
    manifest = json.loads((session.folder / "release/manifest.json").read_bytes())
    paths = {file["path"] for file in manifest["files"]}
    wanted = {
        *(f"data/testimonia.{suffix}" for suffix in ("nq", "trig", "ttl", "jsonld", "nq.gz")),
        *(
            "ontology/testimonia.html",
            "tables/parquet/claims.parquet",
            "tables/csv/claims.csv",
        ),
        *("catalog.ttl", "void.ttl", "ro-crate-metadata.json"),
    }
    _expect(wanted <= paths, f"the release lacks {sorted(wanted - paths)}")
    session.run("verify", "release")
    (session.folder / "release/context.jsonld").write_text("{}")
    session.run("verify", "release", code=1)


def derive(session: Session) -> None:
    """Derive the same facts in memory and in a store."""
    there = json.loads(session.run("derive", "--format", "json"))
    stored = json.loads(session.run("derive", "--store", "store", "--shipped", "--format", "json"))
    _expect(there["facts"] == stored["facts"], "a store derives other facts than memory")
    _expect(bool(session.run("ask", "accepted-figures", "--store", "store")), "nothing is accepted")


def columns(session: Session) -> None:
    """Load the release by column, and get the same facts and answers there."""
    session.run("load", "release", "--to", "columns", "--engine", "duckdb")
    there = json.loads(session.run("derive", "--format", "json"))
    stored = json.loads(session.run("derive", "--store", "columns", "--format", "json"))
    _expect(there["facts"] == stored["facts"], "columns have other facts than memory")
    for question in ("accepted-figures", "disputes", "incident-summary"):
        answers = {
            session.run("ask", question, "--store", store, "--format", "csv")
            for store in ("store", "columns")
        }
        _expect(len(answers) == 1, f"{question} has another answer by column")


def frames(session: Session) -> None:
    """Make data frames of an answer, and show it as a notebook does."""
    session.python(
        "import testimonia\n"
        "rows = testimonia.open().ask('confirmed-figures')\n"
        "assert rows.to_pandas(labels=True).shape[0] == rows.to_polars().height == len(rows) > 0\n"
        "assert rows.to_arrow().num_rows == len(rows)\n"
        "assert str(rows.to_pandas()['lower'].dtype) == 'Int64'\n"
        "assert '<table' in rows._repr_html_()\n"
    )


def serve(session: Session) -> None:
    """Ask the server a query, and stop it."""
    command = [str(session.environment / "bin/testimonia"), "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=session.folder,
        env=clean_environment(),
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            _expect(line.startswith("Serving at http://127.0.0.1:"), f"the server said {line!r}")
            address = line.split()[-1].rstrip("/")
            address = address if address.endswith("/sparql") else f"{address}/sparql"
            asked = urllib.request.Request(  # noqa: S310 - the server just started
                f"{address}?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D",
                headers={"Accept": "application/sparql-results+json"},
            )
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                _expect(json.load(answer)["boolean"] is True, "the server holds nothing")
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=_PATIENCE)[1]
    _expect(process.returncode == 0, f"the server ended with {process.returncode}\n{said[-3000:]}")


STEPS: Final[tuple[Callable[[Session], None], ...]] = (
    version,
    ask,
    validate,
    tables,
    publish,
    derive,
    columns,
    frames,
    serve,
)
