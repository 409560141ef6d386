"""What runs shapes over data: the columnar validator, pySHACL, or both beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

from pyoxigraph import Quad

from testimonia.errors import InputError
from testimonia.progress import Progress
from testimonia.shacl.bounded_work import SECONDS
from testimonia.shacl.faults import Unusable
from testimonia.validation import columnar, reference
from testimonia.validation.findings import Found
from testimonia.validation.rulings import compare

__all__ = ["EngineName", "run"]

EngineName: TypeAlias = Literal["columnar", "pyshacl", "both"]


def run(
    engine: EngineName,
    data: Sequence[Quad],
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
        ``columnar``; ``pyshacl``, the reference, for data of some ten thousand triples; or ``both``,
        which gives what the columnar engine finds, and where pySHACL differs.
    data
        The data with the ontology and code lists they rest on; graph names are left out.
    shapes
        The shapes graph.
    limit
        The columnar engine alone keeps at most so many findings of each shape; None keeps all.
    strict
        Whether to refuse shapes of which a part cannot be used. What pySHACL itself cannot use, it
        refuses anyway.
    time_limit
        How many seconds the columnar engine gives the query of one constraint; None for ever.
    progress
        Is told how far the columnar engine has come.

    Raises
    ------
    InputError
        There is no such engine.
    ShapesError
        The shapes cannot be used.
    """
    match engine:
        case "columnar":
            return columnar.find(
                data, shapes, limit=limit, strict=strict, time_limit=time_limit, progress=progress
            )
        case "pyshacl":
            return _by_reference(data, shapes, strict=strict)
        case "both":
            found = columnar.find(
                data, shapes, strict=strict, time_limit=time_limit, progress=progress
            )
            theirs = reference.run(data, shapes)
            return replace(found, differences=compare(found.findings, theirs))
    raise InputError(
        f"there is no validation engine called {engine!r}",
        hint=f"Choose one of {', '.join(get_args(EngineName))}.",
    )


def _by_reference(data: Sequence[Quad], shapes: Sequence[Quad], *, strict: bool) -> Found:
    coverage = reference.coverage(shapes)
    if strict and coverage.unchecked:
        raise Unusable(list(coverage.unchecked))
    return Found(reference.run(data, shapes), coverage=coverage)
