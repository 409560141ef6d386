"""The command ``testimonia publish``."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testimonia.cli.options import Given, open_dataset
from testimonia.cli.progress import progress_bar
from testimonia.cli.terminal import write
from testimonia.errors import InputError

__all__ = ["publish"]


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
    compress: bool = True,
    projections: bool = True,
) -> None:
    """Make a release folder: the data in every format, what they are written in, and digests.

    The same data give the same bytes on every machine and in every run.

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
        Name or file of a policy whose assessments to publish as well; may be given more than once.
    compress
        Add the large files in gzip as well.
    projections
        Add the claims in RDF 1.2 and as nanopublications.
    """
    if data is not None and data.data and not data.shipped:
        _refuse_unnamed(base=base, title=title, licence=licence)
    dataset = open_dataset(data, output, read=[Path(name) for name in policy], base=data_base)
    with progress_bar() as progress:
        made = dataset.publish(
            output,
            version=version,
            date=date,
            previous=previous,
            base=base,
            title=title,
            licence=licence,
            derived=derived,
            policies=policy,
            compress=compress,
            projections=projections,
            progress=progress,
        )
    held = made.manifest
    write(
        f"{made.folder}: version {held.version}, {held.quads:,} quads in {len(held.graphs):,} graphs, "
        f"{len(held.files):,} files.\nSHA-256 of the manifest: {made.sha256}\n"
    )


def _refuse_unnamed(**names: str | None) -> None:
    """Refuse to publish data of others under the names of the project's own."""
    missing = [f"--{name}" for name, value in names.items() if value is None]
    if missing:
        raise InputError(
            f"a release of your own data needs {', '.join(missing)}",
            hint="Without them it would claim to be the project's: see publish --help.",
        )
