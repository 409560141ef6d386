"""The command ``testimonia validate``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.progress_bar import progress_bar
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import console, visible, write
from testimonia.outputs import refuse_overwriting
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.errors import Place
    from testimonia.shacl.report.notices import Notice
    from testimonia.validation import Difference, Finding, Report

__all__ = ["validate"]

_FINDINGS = 1
_UNCHECKED = 2
_LISTED = 15  # shapes without focus nodes that are listed
_STYLES = {"Violation": "bold red", "Warning": "bold yellow", "Info": "bold blue"}


def validate(
    *paths: Path,
    data: Files | None = None,
    shapes: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    engine: Literal["columnar", "pyshacl", "both"] = "columnar",
    limit: int | None = None,
    strict: Annotated[bool, Parameter(negative=())] = False,
    time_limit: float = 60,
    explain: Annotated[bool, Parameter(negative=())] = False,
    format: Literal["table", "json", "turtle", "sarif"] = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Check data against the shapes, and their terms against the ontology.

    Exits with 1 if there is a violation, or a difference between two engines; otherwise with 2 if a
    part of the shapes could not be checked, or no shape has a target; with 0 if everything was checked
    and there are at most warnings.

    Parameters
    ----------
    paths
        RDF files or directories to check; the shipped data when left out.
    shapes
        Files or directories with SHACL shapes, instead of the shipped ones.
    engine
        The columnar engine; pySHACL, the reference, which is slow on large data; or both, to compare
        their findings.
    limit
        Maximum number of findings to show for each shape; all are counted.
    strict
        Check nothing if a part of the shapes cannot be used. Otherwise such parts are left out and
        reported.
    time_limit
        Seconds that the SPARQL query of one constraint may take, and a repeating path; what takes longer
        is left out and reported.
    explain
        Print the plan of the columnar engine for the shapes, without reading any data.
    format
        Text, JSON, a SHACL validation report in Turtle, or SARIF 2.1.0.
    output
        File to write to; standard output when left out.
    """
    if explain:
        refuse_overwriting([output] if output else [], shapes)
        write(_plan(shapes), output)
        return 0
    data = data or Files()
    dataset = open_dataset(replace(data, data=(*paths, *data.data)), output, read=shapes)
    with progress_bar() as progress:
        report = dataset.validate(
            shapes,
            engine=engine,
            limit=limit,
            strict=strict,
            time_limit=time_limit,
            progress=progress,
        )
    differences = [_difference(each) for each in report.differences]
    if format == "table":
        print_texts(
            [*map(_block, report.findings), *differences, _summary(report, own=not shapes)], output
        )
    else:
        write(_written(report, format), output)
        for difference in differences:
            console(error=True).print(difference, soft_wrap=True)
        console(error=True).print(_notices(report), end="", soft_wrap=True)
    return _code(report)


def _code(report: Report) -> int:
    from testimonia.validation import Severity

    if report.count(Severity.VIOLATION) or report.differences:
        return _FINDINGS
    return 0 if report.coverage.complete else _UNCHECKED


def _plan(shapes: tuple[Path, ...]) -> str:
    import testimonia.dataset

    return testimonia.dataset.open().explain_shapes(shapes)


def _written(report: Report, form: Literal["json", "turtle", "sarif"]) -> str:
    from testimonia import __version__
    from testimonia.validation import report_formats

    if form == "sarif":
        return report_formats.to_sarif(report, __version__)
    return report_formats.to_json(report) if form == "json" else report_formats.to_turtle(report)


def _difference(difference: Difference) -> Text:
    from rich.text import Text

    engine = {"columnar": "the columnar engine", "pyshacl": "pySHACL"}[difference.engine]
    known = (
        f"Known difference: {difference.ruling} (docs/reference/validation-conformance.md)."
        if difference.ruling
        else "This is not a known difference: please report it."
    )
    return Text.assemble(
        (f"Only {engine} finds this. {known}\n", "bold magenta"), _block(difference.finding)
    )


def _block(finding: Finding) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten

    block = Text()
    block.append(finding.severity.value, _STYLES[finding.severity.value])
    if finding.place:
        block.append(f"  {one_line(_nearby(finding.place))}", "bold")
    node = one_line(shorten(_term(finding.focus)))
    named = f"{one_line(finding.label)} ({node})" if finding.label else node
    block.append(f"\n  {named}")
    block.append(f"\n  {one_line(finding.message)}")
    if finding.path:
        block.append(f"\n  at     {one_line(str(finding.path))}", "dim")
    if finding.value is not None:
        block.append(f"\n  value  {one_line(shorten(_term(finding.value)))}", "dim")
    if finding.shape:
        block.append(f"\n  shape  {one_line(shorten(finding.shape))}", "dim")
    if finding.hint:
        block.append(f"\n  fix    {one_line(finding.hint)}", "green")
    return block.append("\n")


def _summary(report: Report, *, own: bool) -> Text:
    from rich.text import Text

    from testimonia.namespaces import shorten
    from testimonia.validation import Severity

    names = {"Violation": "violation", "Warning": "warning", "Info": "remark"}
    counts = [(report.count(severity), names[severity.value]) for severity in Severity]
    found = ", ".join(f"{n:,} {name}{'' if n == 1 else 's'}" for n, name in counts)
    summary = Text(
        f"{found}. Statements checked: {report.statements:,}; claims: {report.claims:,}."
    )
    if report.differences:
        summary.append(f"\nThe engines differ {_times(len(report.differences))}.", "bold magenta")
    shown = Counter(finding.shape for finding in report.findings)
    for shape, total in sorted(report.totals().items()):
        if total > shown[shape]:
            name = visible(shorten(shape)) or "shapes without an IRI"
            summary.append(f"\nShown {shown[shape]:,} of {total:,}: {name}.")
    if own and not report.claims:  # other shapes may be for other data
        summary.append(
            "\nThere are no claims: is the prefix tmn: declared correctly?", "bold yellow"
        )
    said = _notices(report)
    if said:
        said.rstrip()
        summary.append("\n").append_text(said)
    return summary


def _notices(report: Report) -> Text:
    """List what was not checked, one line for each reason, with the names."""
    from rich.text import Text

    from testimonia.shacl.report.notices import notices

    groups: dict[tuple[str, str, bool], list[Notice]] = {}
    for each in notices(report.coverage, report.dead_shapes):
        groups.setdefault((each.heading, each.reason, each.grave), []).append(each)
    text = Text()
    for (heading, reason, grave), found in groups.items():
        shown = found if grave else found[:_LISTED]
        more = f", and {len(found) - len(shown):,} more" if len(found) > len(shown) else ""
        named = ", ".join(_subject(each) for each in shown) + more
        line = f"{heading}: {named}" + (f": {one_line(reason)}" if reason else "")
        end = "" if line.endswith("?") else "."
        text.append(f"{line}{end}\n", "bold yellow" if grave else "dim")
    return text


def _subject(notice: Notice) -> str:
    where = f" ({one_line(_nearby(notice.place))})" if notice.place else ""
    return one_line(notice.subject) + where


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _nearby(place: Place) -> str:
    path, here = Path(place.path).resolve(), Path.cwd()
    if not path.is_relative_to(here):
        return str(place)
    return str(replace(place, path=path.relative_to(here)))


def _term(term: object) -> str:
    from pyoxigraph import BlankNode, Literal, NamedNode

    from testimonia.namespaces import shorten

    if isinstance(term, BlankNode):
        return "a node without an IRI"
    if isinstance(term, Literal) and not term.language:
        return f'"{term.value}"^^{shorten(term.datatype.value)}'
    return term.value if isinstance(term, NamedNode) else str(term)
