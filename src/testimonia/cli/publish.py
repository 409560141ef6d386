"""The command ``testimonia publish``."""

from __future__ import annotations

import datetime
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia import __version__
from testimonia.cli.options import Given, open_dataset
from testimonia.cli.progress_bar import progress_bar
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import console, write
from testimonia.errors import InputError
from testimonia.namespaces import shorten
from testimonia.printing import one_line

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.pages.site_writer import Site
    from testimonia.publish import Published, ViolationsFound

__all__ = ["publish"]

_FINDINGS = 1


def publish(
    *,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"))] = None,
    site: Path | None = None,
    sources: Path | None = None,
    data: Given | None = None,
    version: str | None = None,
    date: datetime.date | None = None,
    previous: Path | None = None,
    base: str | None = None,
    data_base: str | None = None,
    title: str | None = None,
    licence: str | None = None,
    derived: bool = True,
    policy: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    policies: bool = True,
    shapes: bool = True,
    allow_violations: Annotated[bool, Parameter(negative=())] = False,
    compress: bool = True,
    projections: bool = True,
) -> int:
    """Make a release folder: the data in every format, the vocabulary that they use, and digests; or a site.

    The same data give the same bytes on every machine and in every run. Data that violate the shapes are
    not published: the violations are listed, and the exit code is 1.

    Parameters
    ----------
    output
        The folder: a new or empty one, or a release, which is replaced as a whole or not at all.
    site
        Folder for a site, instead of a release or beside it: a page for everything in the data, with a search
        and SPARQL that runs in the browser, as files that any web server can serve.
    sources
        With --site: directory with your copies of the documents' texts, whose words the pages then quote. They
        are texts of others, so such a site is for your own use.
    version
        Version of the release; that of the library when left out.
    date
        Date of issue (YYYY-MM-DD); when left out, that of the environment variable SOURCE_DATE_EPOCH,
        and none if that is not set.
    previous
        Folder of the previous release, to list what has changed since.
    base
        IRI under which your releases are published, such as https://example.org/release/. Required, with
        a title and a licence, for your own data; the data of the project have theirs.
    data_base
        IRI that relative IRIs in the files of --data are resolved against.
    title
        Title of the data.
    licence
        IRI of the licence of the data.
    derived
        Derive facts by the rules, and publish them in graphs of their own.
    policy
        Name or file of a policy whose assessments to publish, instead of those of all policies of the
        library; may be given more than once.
    policies
        Publish the assessments of policies, which some questions need.
    shapes
        Validate the data first; this needs memory in proportion to their size.
    allow_violations
        Publish data even if they violate the shapes; the manifest then gives the number of
        violations.
    compress
        Add a gzip copy of each large file.
    projections
        Add the claims in RDF 1.2, as nanopublications and as tables.
    """
    if data is not None and data.data and not data.shipped:
        _refuse_unnamed(base=base, title=title, licence=licence)
    if output is None and site is None:
        raise InputError(
            "nothing is to be written",
            hint="Give the folder of a release with --output, or that of a site with --site.",
        )
    if sources is not None and site is None:
        raise InputError(
            "--sources is for the pages of a site",
            hint="Give its folder with --site, or leave --sources out.",
        )
    if policy and not policies:
        raise InputError(
            "--policy and --no-policies exclude each other", hint="Give one of the two."
        )
    from testimonia.publish import ReleaseOptions, ViolationsFound

    options = ReleaseOptions.of(
        version=__version__ if version is None else version,
        date=date,
        previous=previous,
        base=base,
        title=title,
        licence=licence,
        derived=derived,
        policies=policy or (None if policies else ()),
        shapes=shapes,
        allow_violations=allow_violations,
        compress=compress,
        projections=projections,
    )
    read = [*map(Path, policy), sources]
    dataset = open_dataset(data, output, site, read=read, base=data_base)
    try:
        with progress_bar() as progress:
            if output is not None:
                _report(dataset.publish(output, **vars(options), progress=progress))
            if site is not None:
                made = dataset.write_site(
                    site,
                    version=version,
                    title=title,
                    licence=licence,
                    sources=sources,
                    shapes=shapes and output is None,  # else they have been validated
                    allow_violations=allow_violations,
                    progress=progress,
                )
                write(_opening(made))
    except ViolationsFound as refused:
        print_texts(_lines(refused))
        return _FINDINGS
    return 0


def _report(made: Published) -> None:
    held = made.manifest
    _warn(made)
    write(
        f"{made.folder}: version {held.version}, {held.quads:,} quads in {len(held.graphs):,} graphs, "
        f"{len(held.files):,} files.\nSHA-256 of the manifest: {made.sha256}\n"
    )


def _opening(made: Site) -> str:
    """Say what a site holds, and how to open it: not as files, from which a page may load nothing."""
    folder = shlex.quote(str(made.folder))
    return (
        f"{made.folder}: {made.pages:,} pages, {made.size / 1e6:,.0f} MB.\n"
        f"To read it: python3 -m http.server --bind 127.0.0.1 --directory {folder}, then open "
        "http://127.0.0.1:8000/\n"
    )


def _warn(made: Published) -> None:
    """Write warnings to standard error: what the release lacks, and its violations."""
    from rich.text import Text

    notes = list(made.notes)
    if number := made.manifest.violations:
        counted = f"{number:,} violation{'s' * (number > 1)}"
        notes.append(f"The data violate the shapes ({counted}), as the manifest states.")
    for note in notes:
        console(error=True).print(Text(f"warning: {one_line(note)}"), soft_wrap=True)


def _lines(refused: ViolationsFound) -> list[Text]:
    """Write each violation on a line, then what to do about them."""
    from rich.text import Text

    report, lines = refused.report, []
    grave = [found for found in report.findings if found.severity.value == "Violation"]
    for found in grave:
        where = f"{found.place}: " if found.place else ""
        node = shorten(getattr(found.focus, "value", str(found.focus)))
        lines.append(
            Text.assemble((one_line(f"{where}{node}"), "bold"), ": ", one_line(found.message))
        )
    lines.append(Text(f"{refused.message[:1].upper()}{refused.message[1:]}.\n{refused.hint}"))
    return lines


def _refuse_unnamed(**names: str | None) -> None:
    """Refuse to publish a user's own data under the names of the project."""
    missing = [f"--{name}" for name, value in names.items() if value is None]
    if missing:
        raise InputError(
            f"a release of your own data needs {', '.join(missing)}",
            hint="Without them it would name the project as its publisher: see publish --help.",
        )
