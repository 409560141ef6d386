"""The engines that validate data against shapes: the columnar one, pySHACL, or both to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

from pyoxigraph import Quad, Triple

from testimonia.errors import InputError
from testimonia.progress import Progress
from testimonia.shacl.data.graph import Graph
from testimonia.shacl.faults import Unusable
from testimonia.shacl.work_limits import SECONDS
from testimonia.validation import columnar_engine, pyshacl_engine
from testimonia.validation.findings import Found
from testimonia.validation.known_differences import compare

__all__ = ["EngineName", "run"]

EngineName: TypeAlias = Literal["columnar", "pyshacl", "both"]


def run(
    engine: EngineName,
    data: Sequence[Quad] | Graph,
    shapes: Sequence[Quad],
    *,
    limit: int | None = None,
    strict: bool = False,
    time_limit: float | None = SECONDS,
    progress: Progress | None = None,
) -> Found:
    """Validate data against shapes.

    Parameters
    ----------
    engine
        ``columnar``; ``pyshacl``, the reference, for up to some ten thousand triples; or ``both``,
        which returns the findings of the columnar engine, and where pySHACL differs.
    data
        The data with the ontology and code lists they use; graph names are ignored.
    shapes
        The shapes graph.
    limit
        Keep at most this many findings per shape, if only the columnar engine runs; None keeps all.
    strict
        Whether to refuse shapes if a part of them cannot be used. pySHACL always refuses what it
        cannot use itself.
    time_limit
        Seconds that the columnar engine allows the query of one constraint; None for no limit.
    progress
        Called with the progress of the columnar engine.

    Raises
    ------
    InputError
        There is no such engine.
    ShapesError
        The shapes cannot be used.
    """
    match engine:
        case "columnar":
            return columnar_engine.find(
                data, shapes, limit=limit, strict=strict, time_limit=time_limit, progress=progress
            )
        case "pyshacl":
            return _by_pyshacl(data, shapes, strict=strict)
        case "both":
            found = columnar_engine.find(
                data, shapes, strict=strict, time_limit=time_limit, progress=progress
            )
            theirs = pyshacl_engine.run(_statements(data), shapes)
            return replace(found, differences=compare(found.findings, theirs))
    raise InputError(
        f"there is no validation engine called {engine!r}",
        hint=f"Choose one of {', '.join(get_args(EngineName))}.",
    )


def _statements(data: Sequence[Quad] | Graph) -> Iterable[Quad | Triple]:
    return data.all_triples() if isinstance(data, Graph) else data


def _by_pyshacl(data: Sequence[Quad] | Graph, shapes: Sequence[Quad], *, strict: bool) -> Found:
    coverage = pyshacl_engine.coverage(shapes)
    if strict and coverage.unchecked:
        raise Unusable(list(coverage.unchecked))
    return Found(pyshacl_engine.run(_statements(data), shapes), coverage=coverage)
