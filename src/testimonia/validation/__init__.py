"""Validation of any RDF against SHACL shapes, and of claims beyond what shapes can check.

`validate` and `explain` work with any RDF. `check` adds checks of claims, and findings with a place
and a hint; `testimonia.dataset.Dataset.validate` calls it.
"""

from __future__ import annotations

from testimonia.progress import Progress
from testimonia.shacl import ColumnarReport, Fault, Unusable, explain
from testimonia.shacl.data.inputs import Source
from testimonia.shacl.faults import Coverage
from testimonia.shacl.validator import run
from testimonia.shacl.work_limits import SECONDS
from testimonia.validation.checking import check
from testimonia.validation.engines import EngineName
from testimonia.validation.findings import Finding, Report, Severity
from testimonia.validation.known_differences import Difference

__all__ = [
    "ColumnarReport",
    "Coverage",
    "Difference",
    "EngineName",
    "Fault",
    "Finding",
    "Progress",
    "Report",
    "Severity",
    "Source",
    "Unusable",
    "check",
    "explain",
    "validate",
]


def validate(
    data: Source,
    shapes: Source,
    *,
    limit: int | None = None,
    strict: bool | None = None,
    time_limit: float | None = SECONDS,
    progress: Progress | None = None,
    base: str | None = None,
) -> ColumnarReport:
    """Validate any RDF against SHACL shapes (SHACL Core and SHACL-SPARQL) with the columnar engine.

    Parameters
    ----------
    data, shapes
        Files or directories, pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph.
        The graphs of a dataset are merged.
    limit
        Keep at most this many results per shape; the report still counts all. None keeps all.
    strict
        What to do with parts of the shapes that cannot be used: those that are ill-formed, of SHACL
        Advanced Features, or recursive through a negation, and queries that fail or that SHACL does
        not allow. True refuses the shapes if there are any. False leaves these parts out, and the
        report names them (`ColumnarReport.unchecked`). None, the default, leaves them out too, but
        refuses the shapes if an ill-formed part has nodes to check, since its results would be
        missing.
    time_limit
        Seconds that the SPARQL query of one constraint may take for all focus nodes together, and each
        path that repeats. What takes longer is left out, and the report names it. None for no limit.
    progress
        Called with ``"triples"`` and the number read so far, and with ``"shapes"``, the number
        validated so far and the total.
    base
        IRI that relative IRIs are resolved against, in files that have no base themselves. Without
        one, data files with relative IRIs are refused, and relative IRIs in shapes are resolved
        against the address of the file (RFC 3986, section 5.1.3).

    Returns
    -------
    ColumnarReport
        The results, as a table (`ColumnarReport.frame`) and as a graph (`ColumnarReport.triples`,
        `ColumnarReport.write`).

    Raises
    ------
    Unusable
        A part of the shapes cannot be used; see ``strict``.
    InputError
        A file cannot be read, or the base is not an absolute IRI.

    Examples
    --------
    >>> import rdflib
    >>> shapes = rdflib.Graph().parse(format="turtle", data='''
    ... @prefix sh: <http://www.w3.org/ns/shacl#> .
    ... @prefix : <http://example.com/> .
    ... :Named sh:targetClass :Person ; sh:property [ sh:path :name ; sh:minCount 1 ] .
    ... ''')
    >>> data = rdflib.Graph().parse(format="turtle", data='''
    ... @prefix : <http://example.com/> .
    ... :ada a :Person ; :name "Ada" . :bob a :Person .
    ... ''')
    >>> report = validate(data, shapes)
    >>> report.conforms, report.number, report.frame["focus"].to_list()
    (False, 1, ['<http://example.com/bob>'])
    """
    return run(
        data,
        shapes,
        limit=limit,
        strict=strict,
        time_limit=time_limit,
        progress=progress,
        base=base,
    )
