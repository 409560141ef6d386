"""Published shapes and data: the results of pySHACL and the columnar engine.

They are expected in ``suites/shapes-in-use``, beside the W3C suite (see `tools.shacl_cases`).
``python -m tools.shapes_in_use ENGINE NAME`` runs one engine on one of them and writes its results as
JSON; each runs in a separate process, whose time and memory are measured.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.shacl_cases import SHARED

__all__ = ["FOLDER", "Comparison", "Use", "compare", "uses"]

FOLDER = SHARED / "suites" / "shapes-in-use"
_CUBE = Path(__file__).parents[1] / "tests" / "shacl" / "cube.ttl"
_OURS, _PYSHACL = "columnar", "pyshacl"


@dataclass(frozen=True)
class Use:
    """Shapes, and data to validate; both files or folders below `FOLDER`."""

    name: str
    shapes: str
    data: tuple[str, ...]

    def files(self, *names: str) -> list[Path]:
        """Return the files given; for a folder, its Turtle files."""
        paths = [FOLDER / name for name in names]
        return [each for path in paths for each in (_turtle(path) if path.is_dir() else [path])]


def _turtle(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ttl"))


_USES = (
    Use("Brick 1.4, a building", "brick-1.4.ttl", ("brick-soda.ttl", "brick-1.4.ttl")),
    *(
        Use(f"UCO 1.4, {name}", "uco-1.4", (f"uco-1.4/{name}_XFAIL.jsonld", "uco-1.4"))
        for name in ("hash", "location", "relationship")
    ),
    *(
        Use(f"RO-Crate 1.2, crate-{name}", "rocrate-1.2.nt", (f"crate-{name}.nt",))
        for name in ("rain", "spec", "ours")
    ),
    Use("Data cube, made-up rain", "datacube.ttl", (str(_CUBE),)),
    Use("ePO, a notice", "epo.ttl", ("epo-ted-f21.ttl",)),
)


def uses() -> list[Use]:
    """Return the cases whose files are there."""
    return [use for use in _USES if all(path.exists() for path in use.files(use.shapes, *use.data))]


@dataclass(frozen=True)
class Run:
    """The results of one engine, with its seconds and megabytes of memory."""

    results: Counter[tuple[str, ...]]
    left_out: tuple[str, ...]
    skipped: int
    seconds: float
    megabytes: int
    failure: str = ""


@dataclass(frozen=True)
class Comparison:
    """The runs of both engines."""

    ours: Run
    theirs: Run

    def beyond(self) -> tuple[Counter[str], Counter[str]]:
        """Count, by constraint component, the results of only our engine, and of only pySHACL."""
        one, other = self.ours.results, self.theirs.results
        return _by_component(one - other), _by_component(other - one)


def _by_component(results: Counter[tuple[str, ...]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for result, number in results.items():
        counted[result[0]] += number
    return counted


def compare(use: Use, *, seconds: int = 1800) -> Comparison:
    """Run both engines on a case."""
    return Comparison(_apart(_OURS, use, seconds), _apart(_PYSHACL, use, seconds))


def _apart(engine: str, use: Use, seconds: int) -> Run:
    command = [sys.executable, "-m", "tools.shapes_in_use", engine, use.name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Run(Counter(), (), 0, seconds, 0, f"not done after {seconds} s")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        return Run(Counter(), (), 0, 0, 0, said[-1] if said else f"code {done.returncode}")
    read = json.loads(done.stdout)
    found = Counter({tuple(result): number for result, number in read.pop("results")})
    return Run(found, tuple(read.pop("left_out")), **read)


def columnar(use: Use) -> dict[str, Any]:
    """Run the columnar engine."""
    from testimonia.shacl.faults import Kind
    from testimonia.validation import validate

    report = validate(use.files(*use.data), use.files(use.shapes), strict=False)
    names = ("component", "severity", "shape", "focus", "path", "value")
    rows = report.frame.select(names).rows()
    grave = [str(each) for each in report.unchecked if each.kind is not Kind.SKIPPED]
    return {
        "results": _counted(tuple(map(_plain, row)) for row in rows),
        "left_out": grave,
        "skipped": len(report.unchecked) - len(grave),
    }


def pyshacl(use: Use) -> dict[str, Any]:
    """Run pySHACL."""
    import rdflib
    from pyshacl import validate

    from testimonia.rdf import files

    data, shapes = (
        files.to_rdflib(files.read(use.files(*names))) for names in (use.data, [use.shapes])
    )
    # Queries may use prefixes that only the file declares, which pySHACL takes from the graph.
    for path in use.files(use.shapes):
        if path.suffix == ".ttl":
            for prefix, namespace in rdflib.Graph().parse(path).namespaces():
                shapes.bind(prefix, namespace)
    _, report, text = validate(data, shacl_graph=shapes, inplace=True, do_owl_imports=False)
    if not isinstance(report, rdflib.Graph):
        raise SystemExit(str(text).strip().splitlines()[-1])
    sh = rdflib.SH
    names = ("sourceConstraintComponent", "resultSeverity", "sourceShape", "focusNode")
    read = [sh[name] for name in (*names, "resultPath", "value")]
    results = (
        tuple(_plain(_term(report.value(result, each))) for each in read)
        for result in report.objects(None, sh.result)
    )
    return {"results": _counted(results), "left_out": [], "skipped": 0}


def _term(node: Any) -> str | None:
    from tools.random_shapes import _written

    return None if node is None else _written(node)


def _plain(term: str | None) -> str:
    """Write a term in a comparable form, since the labels of blank nodes and paths differ."""
    if term is None:
        return ""
    is_iri = term.startswith("<") and term.endswith(">") and term.count("<") == 1
    if is_iri and term.startswith("<http://www.w3.org/ns/shacl#"):
        return term[28:-1].removesuffix("ConstraintComponent")
    return term if is_iri or term.startswith('"') else "_:"


def _counted(results: Iterator[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    return sorted(Counter(results).items())


def main(engine: str, name: str) -> None:
    """Write the results of an engine for a case."""
    import logging

    logging.disable(logging.CRITICAL)
    (use,) = (each for each in uses() if each.name == name)
    started = time.perf_counter()
    found = {_OURS: columnar, _PYSHACL: pyshacl}[engine](use)
    found["seconds"] = round(time.perf_counter() - started, 2)
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
