"""``testimonia load``: load graphs into a triple store, and verify them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from testimonia.cli.options import copies_of
from testimonia.cli.progress_bar import progress_bar
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import print_warning, write
from testimonia.outputs.store_files import holds_columns
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.loading import GraphOutcome, LoadReport

__all__ = ["load"]

_DIFFERENT = 1
_LISTED = 5  # differing statements shown, on either side
_MOST_ROWS = 30  # graphs shown in the table


def load(
    *source: Path,
    to: str,
    store: str | None = None,
    engine: Literal["auto", "oxigraph", "duckdb"] = "auto",
    graph: str | None = None,
    timeout: float = 600.0,
    base: str | None = None,
    context: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    show: Annotated[bool, Parameter(negative=())] = False,
    format: Literal["table", "json"] = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Load a release or RDF files into a triple store, and verify what is in the store afterwards.

    Each graph replaces the one of the same name, and is read back and compared. Graphs that are there
    already are left alone, so the command can be run again at any time. User and password are taken
    from TESTIMONIA_STORE_USER and TESTIMONIA_STORE_PASSWORD, a token from TESTIMONIA_STORE_TOKEN.
    Exits with 1 if a graph in the store differs from its source, apart from known rewrites of
    literals, or if the source has no statements.

    Parameters
    ----------
    source
        A release folder; or RDF files and directories, one or more.
    to
        Directory of the embedded store; or URL of a store, such as http://localhost:3030/claims.
    store
        Kind of store at the URL: oxigraph, fuseki, virtuoso or rdf4j; detected when left out.
    engine
        What shall query a new directory: oxigraph, or duckdb, which keeps quads by column for questions about
        millions of statements; by the size of the sources when left out (200 MB).
        The sources of duckdb may also be directories of Oxigraph stores.
    graph
        IRI of the graph for statements that are in no named graph.
    timeout
        Seconds without an answer after which a request fails; over that time, at least 100 bytes a
        second must be transferred.
    base
        IRI against which relative IRIs in files are resolved: the address at which they are published.
    context
        IRI=FILE: local copy of a JSON-LD context, since nothing is fetched; can be repeated.
    show
        Print the requests without sending any; needs --store.
    format
        A table, or JSON.
    output
        File to write to; standard output when left out.
    """
    from testimonia import loading
    from testimonia.loading.by_column import suits_columns
    from testimonia.outputs import refuse_overwriting

    contexts = copies_of(context)
    written = [output] if output else []
    refuse_overwriting(written, [*source, *([] if "://" in to else [Path(to)])])
    if show:
        if store is None:
            from testimonia.errors import InputError

            raise InputError(
                "--show sends nothing, and so cannot detect the kind of store",
                hint="Give it with --store.",
            )
        asked = loading.requests(source, to, store=store, graph=graph, base=base, contexts=contexts)
        write("\n".join(request.shown() for request in asked), output)
        return 0
    if engine == "auto" and not store and "://" not in to and suits_columns(source, to):
        engine = "duckdb"
        print_warning("quads are kept by column, since there are many; --engine oxigraph does not")
    if engine == "duckdb" or (engine == "auto" and "://" not in to and holds_columns(Path(to))):
        return _load_by_column(source, to, store, graph, base, contexts, format, output)
    with progress_bar() as progress:
        report = loading.load(
            source,
            to,
            store=store,
            graph=graph,
            timeout=timeout,
            progress=progress,
            base=base,
            contexts=contexts,
        )
    if format == "json":
        write(report.to_json(), output)
    else:
        print_texts([*map(_block, report.differing), _table(report), _summary(report)], output)
    return 0 if report.passes and report.triples else _DIFFERENT


def _load_by_column(
    source: tuple[Path, ...],
    to: str,
    store: str | None,
    graph: str | None,
    base: str | None,
    contexts: dict[str, Path],
    format: str,  # noqa: A002
    output: Path | None,
) -> int:
    from testimonia.errors import InputError
    from testimonia.loading.by_column import load_by_column

    if store is not None or "://" in to:
        raise InputError(
            "DuckDB queries a directory, not a store at a URL",
            hint="Give the directory with --to, without --store.",
        )
    with progress_bar() as progress:
        report = load_by_column(
            source, to, graph=graph, progress=progress, base=base, contexts=contexts
        )
    summary = f"{one_line(to)}: {report.read:,} statements read, and kept by column.\n"
    write(report.to_json() if format == "json" else summary, output)
    return 0 if report.read else _DIFFERENT


def _block(graph: GraphOutcome) -> Text:
    from rich.text import Text

    found = graph.comparison
    block = Text.assemble(("Differs", "bold red"), ("  " + one_line(graph.name), "bold"))
    sides = (
        ("missing", found.missing, found.missing_count),
        ("unexpected", found.unexpected, found.unexpected_count),
    )
    for title, statements, count in sides:
        if count:
            block.append(f"\n  {title}: {count:,}")
        for statement in statements[:_LISTED]:
            block.append(f"\n    {one_line(statement)}", "dim")
    return block.append("\n")


def _table(report: LoadReport) -> Text:
    from rich.text import Text

    table = Text()
    width = max((len(f"{graph.triples:,}") for graph in report.graphs), default=0)
    for graph in report.graphs[:_MOST_ROWS]:
        state = graph.state if graph.comparison.same else "differs"
        table.append(f"{state:<9}  {graph.triples:>{width},}  {one_line(graph.name)}\n")
    if len(report.graphs) > _MOST_ROWS:
        table.append(f"and {len(report.graphs) - _MOST_ROWS:,} more; --format json lists all\n")
    return table


def _summary(report: LoadReport) -> Text:
    from rich.text import Text

    from testimonia.query.remote import REWRITES

    graphs = len(report.graphs)
    summary = Text(
        f"{one_line(report.target)}: {graphs:,} graph{'' if graphs == 1 else 's'} with "
        f"{report.triples:,} statements; {report.loaded:,} loaded, "
        f"{graphs - report.loaded:,} unchanged."
    )
    if not report.triples:
        summary.append("\nThe source has no statements: nothing was loaded.", "bold red")
    elif report.passes:
        summary.append("\nRead back and compared: no differences.", "green")
    else:
        differing = len(report.differing)
        summary.append(
            f"\nRead back and compared: {differing:,} differ{'s' if differing == 1 else ''}.",
            "bold red",
        )
    for name, count in report.rewritten.items():
        what = REWRITES[name].description
        summary.append(f"\nRewritten by the store: {count:,} statements ({what}).", "dim")
    if report.loaded and not report.whole_updates:
        summary.append(
            "\nThis store does not replace graphs atomically: readers may have seen incomplete graphs.",
            "dim",
        )
    return summary
