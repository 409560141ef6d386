"""The command ``testimonia publish``."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia.cli.findings_text import print_texts
from testimonia.cli.options import Given, open_dataset
from testimonia.cli.progress_bar import progress_bar
from testimonia.cli.terminal import console, write
from testimonia.errors import InputError
from testimonia.legible import one_line
from testimonia.namespaces import shorten

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.publish import Published, ViolationsFound

__all__ = ["publish"]

_FINDINGS = 1


def publish(
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))],
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
    """Make a release folder: the data in every format, what they are written in, and digests.

    The same data give the same bytes on every machine and in every run. Data that break the shapes are
    not published: the violations are listed, and the exit code is 1.

    Parameters
    ----------
    output
        The folder: a new or empty one, or a release, which is replaced whole or not at all.
    version
        Of the release; that of the library when left out.
    date
        When it is issued (YYYY-MM-DD); by SOURCE_DATE_EPOCH of the environment when left out, and
        none where that is not set.
    previous
        The folder of the release before, to tell what has changed.
    base
        The address that your releases lie under, such as https://example.org/release/. Data of your
        own need it, and a title and a licence; the project's own data have theirs.
    data_base
        IRI that relative IRIs in the files of --data are resolved against.
    title
        Of the data.
    licence
        IRI of the licence of the data.
    derived
        Derive what follows from the claims, and publish it in graphs of its own.
    policy
        Name or file of a policy whose assessments to publish, in place of all that come with the
        library; may be given more than once.
    policies
        Publish assessments by policies, which some questions need.
    shapes
        Validate the data first, which needs memory in proportion to them.
    allow_violations
        Publish data that break the shapes as well; the manifest then states how many violations
        there are.
    compress
        Add the large files in gzip as well.
    projections
        Add the claims in RDF 1.2 and as nanopublications.
    """
    if data is not None and data.data and not data.shipped:
        _refuse_unnamed(base=base, title=title, licence=licence)
    if policy and not policies:
        raise InputError(
            "--policy names a policy, and --no-policies wants none", hint="Give one of the two."
        )
    from testimonia.publish import ReleaseOptions, ViolationsFound

    options = ReleaseOptions.of(
        version=version,
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
    dataset = open_dataset(data, output, read=[Path(name) for name in policy], base=data_base)
    try:
        with progress_bar() as progress:
            made = dataset.publish(output, **vars(options), progress=progress)
    except ViolationsFound as refused:
        print_texts(_lines(refused))
        return _FINDINGS
    held = made.manifest
    _warn(made)
    write(
        f"{made.folder}: version {held.version}, {held.quads:,} quads in {len(held.graphs):,} graphs, "
        f"{len(held.files):,} files.\nSHA-256 of the manifest: {made.sha256}\n"
    )
    return 0


def _warn(made: Published) -> None:
    """Say on standard error what the release lacks, or breaks."""
    from rich.text import Text

    notes = list(made.notes)
    if number := made.manifest.violations:
        counted = f"{number:,} violation{'s' * (number > 1)}"
        notes.append(f"The data break the shapes ({counted}), which the manifest states.")
    for note in notes:
        console(error=True).print(Text(f"warning: {one_line(note)}"), soft_wrap=True)


def _lines(refused: ViolationsFound) -> list[Text]:
    """Write each violation on a line, and what to do about them."""
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
    """Refuse to publish data of others under the names of the project's own."""
    missing = [f"--{name}" for name, value in names.items() if value is None]
    if missing:
        raise InputError(
            f"a release of your own data needs {', '.join(missing)}",
            hint="Without them it would claim to be the project's: see publish --help.",
        )
