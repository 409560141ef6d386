"""The commands under ``testimonia notes``: claims typed beside a report."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from testimonia.cli.options import Given, open_dataset
from testimonia.cli.terminal import visible, write
from testimonia.errors import InputError, Place
from testimonia.outputs import new_directory, refuse_overwriting
from testimonia.printing import one_line

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from testimonia.notes import Built, Fault

__all__ = ["notes"]

_FINDINGS = 1

notes = App(
    name="notes",
    help="Type claims beside a report, in YAML: start, check, build and export notes.",
    help_format="plaintext",
)


@notes.command
def new(
    report: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    sentences: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Start a file of notes on a report, and list its sentences by number.

    Parameters
    ----------
    report
        The text of the report, in UTF-8.
    output
        The file of notes, which must not exist; when left out, next to the report, with the suffix
        .yaml.
    sentences
        Include the sentences in the notes, as comments. Such notes contain the text: do not publish them.
    """
    from testimonia.notes import begun, numbered
    from testimonia.notes.expansion import held

    text = held(report)
    target = output or report.with_suffix(".yaml")
    if target.exists():
        raise InputError(
            "these notes exist already",
            place=Place(target),
            hint="Name another file with --output.",
        )
    write(begun(text, target.parent, sentences=sentences), target)
    write(f"{visible(str(target))}\n" + "".join(f"{visible(line)}\n" for line in numbered(text)))


@notes.command
def sentences(report: Path, /) -> None:
    """List the sentences of a report by number.

    Parameters
    ----------
    report
        The text of the report, in UTF-8.
    """
    from testimonia.notes import numbered
    from testimonia.notes.expansion import held

    write("".join(f"{visible(line)}\n" for line in numbered(held(report))))


@notes.command
def check(
    *paths: Path,
    base: str | None = None,
    shapes: Annotated[bool, Parameter(negative=())] = False,
    data: Given | None = None,
) -> int:
    """Check notes, and report all faults with line and column. Exits with 1 if there are any.

    Parameters
    ----------
    paths
        Files of notes, and folders with such files.
    base
        Namespace for the names, such as https://example.org/desk/; when left out, the base: of the
        notes, or else that of the project.
    shapes
        Check the claims against the shapes as well, if nothing else is wrong.
    """
    known = _known(data)
    built = _built(paths, known, base)
    faulty = _report(built.faults)
    if shapes and not faulty:
        faulty = _report_shapes(built, known)
    if not faulty:
        write(_counted(built))
    return _FINDINGS if faulty else 0


@notes.command
def build(
    *paths: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    base: str | None = None,
    validate: Annotated[bool, Parameter(negative=())] = False,
    data: Given | None = None,
) -> int:
    """Build claims from notes.

    Exits with 1, and writes nothing, if anything is wrong.

    Parameters
    ----------
    paths
        Files of notes, and folders with such files; they may refer to what others of them describe.
    output
        File for the claims, in the format of its suffix: .ttl, .nq, .trig or .nt.
    base
        Namespace for the names, such as https://example.org/desk/; when left out, the base: of the
        notes, or else that of the project, where equal names in other notes mean the same thing.
    validate
        Check the claims against the shapes first, and write nothing if they violate one.
    """
    from testimonia import migrating

    migrating.refuse_suffix(output)
    known = _known(data, output)
    built = _built(paths, known, base)
    texts = [page.text.path for page in built.pages if page.text is not None]
    refuse_overwriting([output], [*(page.path for page in built.pages), *texts])
    if _report(built.faults) or (validate and _report_shapes(built, known)):
        return _FINDINGS
    migrating.write(built.quads(), output)
    write(f"{visible(str(output))}\n" + _counted(built))
    return 0


@notes.command
def coverage(
    *paths: Path,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    base: str | None = None,
    data: Given | None = None,
) -> int:
    """Report which sentences of the reports have neither a claim nor a reason for no claim.

    Exits with 1 if there are any. The notes name the file with the text, as text: under document:.

    Parameters
    ----------
    paths
        Files of notes, and folders with such files.
    all_
        List the sentences that are covered as well.
    base
        Namespace for the names, as for build.
    """
    from testimonia.notes.noted_sentences import noted_sentences
    from testimonia.passages import Covered

    built = _built(paths, _known(data), base)
    if _report(built.faults):
        return _FINDINGS
    found = noted_sentences(built)
    numbers: dict[str, int] = {}
    lines = []
    for each in found.sentences:
        numbers[each.document] = numbers.get(each.document, 0) + 1
        if all_ or each.covered is not Covered.WHOLLY:
            many = f"{len(each.claims)} claims" if each.covered is Covered.WHOLLY else each.covered
            lines.append(f"{numbers[each.document]:>3}  {many}: {one_line(each.text)}")
    done = found.count(Covered.WHOLLY)
    lines.append(f"{done} of {len(found.sentences)} sentences covered.")
    write("".join(f"{line}\n" for line in lines))
    return 0 if found.complete else _FINDINGS


@notes.command
def export(
    *paths: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    texts: Annotated[tuple[Path, ...], Parameter(negative=(), consume_multiple=1)] = (),
    data: Given | None = None,
) -> None:
    """Write data as notes, from which build makes the same data again.

    Parameters
    ----------
    paths
        RDF files or directories; the shipped data when left out.
    output
        A new or empty folder, for a file for each document, and names.yaml for the names they share.
    texts
        Texts of the documents: if given, passages are written as numbers of sentences.
    """
    from dataclasses import replace

    from testimonia.notes import export as exported
    from testimonia.notes.expansion import held

    given = data or Given()
    dataset = open_dataset(replace(given, data=(*paths, *given.data)), output)
    texts_held = [held(path.resolve()) for path in texts]
    noted = exported(dataset.quads(), {each.sha256: each for each in texts_held})
    with new_directory(output) as folder:
        for name, text in noted.files.items():
            (folder / name).write_text(text, encoding="utf-8")
    lines = [f"{visible(str(output / name))}" for name in noted.files]
    if noted.outside:
        first = ", ".join(map(visible, noted.outside[:3]))
        lines.append(
            f"{len(noted.outside)} things are named but not described here, such as {first}: "
            "to build these notes, give the data that describe them with --data."
        )
    write("".join(f"{line}\n" for line in lines))


@notes.command
def schema(*, output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None) -> None:
    """Write the JSON Schema of notes, with which editors complete and check them.

    Parameters
    ----------
    output
        File to write to; standard output when left out.
    """
    from testimonia.notes import schema as of_notes

    write(json.dumps(of_notes(), ensure_ascii=False, indent=1) + "\n", output)


def _known(data: Given | None, *written: Path) -> list[Quad]:
    """Read the data that the notes may refer to: only those that were given."""
    if data and (data.data or data.shipped or data.with_):
        return list(open_dataset(data, *written).quads())
    return []


def _built(paths: tuple[Path, ...], known: list[Quad], base: str | None) -> Built:
    from testimonia.notes import build as built
    from testimonia.notes import read_files

    if not paths:
        raise InputError(
            "no notes are given", hint="Name files of notes, or folders with such files."
        )
    return built(read_files(paths), known, base)


def _report(faults: Iterable[Fault]) -> bool:
    """Write faults; return whether there were any."""
    lines = [_line(fault) for fault in faults]
    if lines:
        count = f"{len(lines)} thing{'' if len(lines) == 1 else 's'} to fix"
        write("".join(lines) + f"{count}.\n")
    return bool(lines)


def _report_shapes(built: Built, known: list[Quad]) -> bool:
    """Write the results of validation; return whether any is a violation."""
    from testimonia.notes.against_shapes import shape_faults

    found = shape_faults(built, known)
    lines = [
        f"{severity}: {_line(fault)}" for severity, faults in found.items() for fault in faults
    ]
    if lines:
        write("".join(lines))
    return bool(found.get("Violation"))


def _line(fault: Fault) -> str:
    hint = f"    {one_line(fault.hint)}\n" if fault.hint else ""
    return f"{visible(str(fault.place))}: {one_line(fault.message)}\n{hint}"


def _counted(built: Built) -> str:
    lines = [f"{count:>8,} {name}" for name, count in built.counts.items()]
    if not lines:
        lines.append("These notes describe nothing yet.")
    if built.minted:
        lines.append(
            f"Names became IRIs of the project, such as {visible(built.minted)}. The same names in other "
            "notes mean the same things: use --base for a namespace of your own."
        )
    return "".join(f"{line}\n" for line in lines)
