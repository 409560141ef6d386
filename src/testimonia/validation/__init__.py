"""Validation: SHACL over any RDF, and the checks of claims with findings that a person can act on.

`validate` and `explain` know nothing of incidents. `check` rests on them, and is what
`testimonia.dataset.Dataset.validate` calls.
"""

from __future__ import annotations

from testimonia.progress import Progress
from testimonia.shacl import ColumnarReport, Fault, Unusable, explain
from testimonia.shacl.data.inputs import Source
from testimonia.shacl.faults import Coverage
from testimonia.shacl.validating import run
from testimonia.validation.checking import check
from testimonia.validation.engines import EngineName
from testimonia.validation.findings import Finding, Report, Severity
from testimonia.validation.rulings import Difference

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
    progress: Progress | None = None,
    base: str | None = None,
) -> ColumnarReport:
    """Validate any RDF against SHACL shapes (SHACL Core and SHACL-SPARQL), by column.

    Parameters
    ----------
    data, shapes
        Files or directories, pyoxigraph triples or quads, a pyoxigraph store, or an rdflib graph.
        The graphs of a dataset are taken together.
    limit
        At most so many results of each shape are kept; the report tells their number in full. None
        keeps all.
    strict
        What to do about a part of the shapes that cannot be used: one that is ill-formed, of SHACL
        Advanced Features, or recursive through a negation, or a query that fails or that SHACL does
        not allow. True refuses the shapes for any. False leaves each out, and the report names it
        (`ColumnarReport.unchecked`). None, the default, leaves out too, but refuses the shapes for
        an ill-formed part that has nodes to be checked: its findings would be missed.
    progress
        Is called with ``"triples"`` and how many have been read, and with ``"shapes"``, how many
        have been validated and how many there are.
    base
        IRI that relative IRIs are resolved against, in files that name no base themselves. Without
        one, files of data with relative IRIs are refused, and those of shapes are resolved against
        the file's own address (RFC 3986, section 5.1.3).

    Returns
    -------
    ColumnarReport
        Its results are a table (`ColumnarReport.frame`) and a graph (`ColumnarReport.triples`,
        `ColumnarReport.write`).

    Raises
    ------
    Unusable
        A part of the shapes cannot be used, as ``strict`` has it.
    InputError
        A file cannot be read, or the base is no absolute IRI.

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
    return run(data, shapes, limit=limit, strict=strict, progress=progress, base=base)
