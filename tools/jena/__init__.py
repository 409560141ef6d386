"""Apache Jena's SHACL validator, the second oracle of the columnar engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, parse, serialize

__all__ = ["command", "validate"]

POM = Path(__file__).with_name("pom.xml")


@cache
def command() -> tuple[str, ...] | None:
    """Return the command that starts Jena's ``shacl``, or None if it is not available.

    It is the command named by the environment variable JENA_SHACL, or ``shacl`` on the path, or
    Java with the classes that Maven has, or fetches, for ``pom.xml``.
    """
    if found := os.environ.get("JENA_SHACL") or shutil.which("shacl"):
        return (found,)
    if shutil.which("java") is None or shutil.which("mvn") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "classpath"
        goal = ["dependency:build-classpath", f"-Dmdep.outputFile={output}"]
        for offline in (["--offline"], []):
            maven = ["mvn", "--quiet", "--batch-mode", "--file", str(POM), *offline, *goal]
            done = subprocess.run(maven, capture_output=True, timeout=900, check=False)  # noqa: S603
            if done.returncode == 0 and output.exists():
                return ("java", "-cp", output.read_text("utf-8").strip(), "shacl.shacl")
    return None


def validate(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[Triple] | None:
    """Return Jena's report graph, or None if it fails.

    Parameters
    ----------
    data, shapes
        The graphs, passed as N-Triples.
    """
    started = command()
    if started is None:
        raise FileNotFoundError("Apache Jena's shacl command")
    with tempfile.TemporaryDirectory() as folder:
        files = {"--data": Path(folder) / "data.nt", "--shapes": Path(folder) / "shapes.nt"}
        for triples, path in zip((data, shapes), files.values(), strict=True):
            serialize(triples, path, RdfFormat.N_TRIPLES)
        arguments = [text for option, path in files.items() for text in (option, str(path))]
        done = subprocess.run(  # noqa: S603 - the command is the developer's own
            [*started, "validate", *arguments], capture_output=True, check=False
        )
    try:
        report = [quad.triple for quad in parse(done.stdout, RdfFormat.TURTLE)]
    except SyntaxError:
        return None
    return report if done.returncode == 0 and report else None
