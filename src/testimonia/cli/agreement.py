"""``testimonia agreement``: how far two people who coded the same documents agree."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia.cli.options import Given, open_dataset
from testimonia.cli.terminal import write
from testimonia.errors import InputError, Place
from testimonia.printing import one_line

if TYPE_CHECKING:
    from testimonia.agreement import Agreement

__all__ = ["agreement"]


def agreement(
    first: Path,
    second: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
) -> None:
    """Compare how two people coded the same documents: agreement by field, and differences to settle.

    Claims are paired if they are of the same kind and cite words that overlap, or the same record. For
    each field: the pairs in which at least one coder filled it in, the share with equal values, and
    Krippendorff's alpha for nominal values. Documents that only one person coded are ignored.

    Parameters
    ----------
    first
        RDF file or directory with the claims of the first coder.
    second
        RDF file or directory with the claims of the second coder.
    output
        CSV file for the differences, one per row: the document, the start and end of the words, the
        field, the values of both, and the claims. The field is ``claim`` if only one has the claim.
    """
    from testimonia.agreement import compare

    sides = [open_dataset(Given(data=(path,)), output) for path in (first, second)]
    for path, side in zip((first, second), sides, strict=True):
        if not side.count_claims():
            raise InputError(
                "there are no claims here",
                place=Place(path),
                hint="Name a file or folder with claims.",
            )
    found = compare(*(side.quads() for side in sides))
    if not (found.pairs or found.only_first or found.only_second):
        raise InputError(
            "the two coders have no document in common",
            hint="Documents are the same if their digests are equal, or, without digests, their names.",
        )
    if output is not None:
        write(_listed(found), output)
    write(_summary(found))


def _listed(found: Agreement) -> str:
    from testimonia.agreement import Difference

    text = io.StringIO()
    writer = csv.DictWriter(text, [each.name for each in fields(Difference)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(difference) for difference in found.differences)
    return text.getvalue()


def _summary(found: Agreement) -> str:
    lines = [
        f"{len(found.pairs):>6,}  claims of both",
        f"{len(found.only_first):>6,}  of the first only",
        f"{len(found.only_second):>6,}  of the second only",
    ]
    if found.elsewhere:
        lines.append(f"{found.elsewhere:>6,}  on documents that only one coded: ignored")
    if found.incomplete:
        lines.append(
            f"{found.incomplete:>6,}  incomplete: ignored; testimonia validate reports what is missing"
        )
    lines.append(f"{_decimal(found.f1):>6}  F1 over claims")
    lines.append(
        f"{_decimal(found.overlap):>6}  of the words marked by either coder, the share marked by both (mean)"
    )
    if found.pairs:
        width = max(len(each.field) for each in found.fields)
        lines += ["", f"{'field':<{width}}  pairs   same  alpha"]
        lines += [
            f"{one_line(each.field):<{width}}  {each.pairs:>5,}  {each.share:>5.0%}  {_decimal(each.alpha):>5}"
            for each in found.fields
        ]
    lines += ["", f"{len(found.differences):,} differences to settle."]
    return "\n".join(lines) + "\n"


def _decimal(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
