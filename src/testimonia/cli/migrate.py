"""The command ``testimonia migrate``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.terminal import write
from testimonia.errors import InputError
from testimonia.namespaces import shorten
from testimonia.printing import one_line

if TYPE_CHECKING:
    from testimonia.migrating import Migration, Use

__all__ = ["migrate"]

_CHANGES = 1
_LISTED = 10  # resources listed for each change


def migrate(
    *paths: Path,
    data: Files | None = None,
    check: Annotated[bool, Parameter(negative=())] = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> int:
    """Migrate data of an earlier version of the ontology to this one, into a new file.

    Derived facts are left out: derive them again. Comments, prefixes and the order of statements are
    not kept; unchanged literals are. What has to be decided by hand is listed.

    Parameters
    ----------
    paths
        RDF files or directories, which are written to one file.
    check
        Write nothing, report what would change, and exit with 1 if anything would.
    output
        File to write to, in the format of its suffix: .nq, .trig, .nt or .ttl; not one of the inputs.
    """
    from testimonia import migrating

    if check == (output is not None):
        raise InputError(
            "neither --output nor --check is given"
            if not check
            else "--output and --check are both given",
            hint="Give either --output FILE or --check.",
        )
    data = data or Files()
    given = replace(data, data=(*paths, *data.data))
    if not (given.data or given.shipped or given.with_):
        raise InputError("no data are given", hint="Give RDF files or directories.")
    if output is not None:
        migrating.refuse_suffix(output)
    migration = open_dataset(given, output).migrate()
    if output is not None:
        migrating.write(migration.quads, output)
    write("".join(f"{line}\n" for line in _summary(migration, written=output is not None)))
    return _CHANGES if check and migration.changes else 0


def _summary(migration: Migration, *, written: bool) -> Iterator[str]:
    done = "Changed" if written else "Would change"
    for step in migration.steps:
        if step.removed or step.added:
            counts = f"statements removed: {step.removed:,}, added: {step.added:,}"
            yield f"{step.version}/{step.name}: {counts}. {step.summary}."
    if not migration.changes:
        yield "Nothing to change."
    for title, by_hand in ((f"{done}:", False), ("To decide by hand:", True)):
        uses = [use for use in migration.uses if use.by_hand == by_hand]
        if uses:
            yield f"\n{title}"
            yield from _listed(uses)


def _listed(uses: list[Use]) -> Iterator[str]:
    for change, group in groupby(uses, lambda use: use.change):
        things = [one_line(shorten(use.thing)) for use in group]
        yield f"  {change} ({len(things):,})"
        yield from (f"    {thing}" for thing in things[:_LISTED])
        if len(things) > _LISTED:
            yield f"    and {len(things) - _LISTED:,} more"
