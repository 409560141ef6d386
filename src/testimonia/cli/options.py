"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from testimonia.errors import InputError
from testimonia.outputs import refuse_overwriting

if TYPE_CHECKING:
    from testimonia.dataset import Dataset

__all__ = [
    "Data",
    "Files",
    "Format",
    "Given",
    "Language",
    "Output",
    "OwnQuestions",
    "RowOutput",
    "TimeLimit",
    "copies_of",
    "open_dataset",
]

Format = Literal["table", "csv", "tsv", "json", "turtle", "n-triples", "json-ld"]

_DATA = Group("Data", sort_key=10)
_OUTPUT = Group("Output", sort_key=20)


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Given:
    """Where the data come from, for checks: the store does not keep literals as the files have them."""

    data: Annotated[tuple[Path, ...], Parameter(negative=(), consume_multiple=1)] = ()
    """RDF files or directories, one or more, in place of the shipped data; name them last."""

    shipped: Annotated[bool, Parameter(negative=())] = False
    """Use the shipped data as well as --data."""

    with_: Annotated[tuple[str, ...], Parameter(name="--with", negative=())] = ()
    """Names that come with the library, without an incident: agents, with their posts; places."""

    context: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """IRI=FILE: a copy of a JSON-LD context, which is not fetched; may be given more than once."""


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Files(Given):
    """The same, with a base for relative IRIs."""

    base: str | None = None
    """IRI that relative IRIs in the files are resolved against: the address they are published at."""


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Data(Files):
    """Where the data come from."""

    store: Path | None = None
    """Directory of a store that keeps the data between runs; in memory when left out."""


Language = Annotated[tuple[str, ...], Parameter(negative=())]
"""Tags of BCP 47, one by one or with commas between them."""


@Parameter(name="*", group=_OUTPUT)
@dataclass(frozen=True, kw_only=True)
class Output:
    """What becomes of the answer."""

    format: Format = "table"
    """How to write it: rows as table, csv, tsv or json, graphs as table, turtle, n-triples or json-ld."""

    output: Path | None = None
    """File to write instead of standard output."""

    language: Language | None = None
    """Language of labels and glosses, the best first, such as fr or ar,fr; else they are English."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What is written, if anything."""
        return () if self.output is None else (self.output,)


@Parameter(name="*", group=_OUTPUT)
@dataclass(frozen=True, kw_only=True)
class RowOutput(Output):
    """What becomes of rows."""

    labels: Annotated[bool, Parameter(negative=())] = False
    """Put labels beside IRIs, in csv, tsv and json; a table shows them anyway."""


OwnQuestions = Annotated[tuple[Path, ...], Parameter(name="--questions", negative=(), group=_DATA)]
"""Folders with questions of one's own."""

TimeLimit = Annotated[float, Parameter(name="--time-limit")]
"""Seconds after which a query is stopped."""


def open_dataset(
    options: Given | None,
    *written: Path | None,
    read: Iterable[Path | None] = (),
    makes_store: bool = False,
    base: str | None = None,
    language: tuple[str, ...] | None = None,
    questions: tuple[Path, ...] = (),
) -> Dataset:
    """Open the dataset that the options describe.

    Parameters
    ----------
    options
        Where the data come from.
    written
        What the command writes; none of it may be what it reads.
    read
        What the command reads beside the data.
    makes_store
        Whether it makes the store if there is none; commands that only read do not.
    base
        The base of relative IRIs, for commands whose option --base is something else.
    language
        What to show labels in.
    questions
        Folders with questions of one's own.
    """
    import testimonia.dataset
    from testimonia.catalogue import resources
    from testimonia.query import store_directories

    options = options or Given()
    if isinstance(options, Files):
        base = options.base
    shipped = True if options.shipped else None
    store = options.store if isinstance(options, Data) else None
    contexts = copies_of(options.context)
    if store is not None and not makes_store:
        store_directories.existing(store)
    dataset = testimonia.dataset.open(
        *options.data,
        *map(resources.pack, options.with_),
        shipped=shipped,
        store=store,
        base=base,
        contexts=contexts,
        language=language,
        questions=questions,
    )
    given = [*dataset.files, *_given([store]), *_given(read)]
    refuse_overwriting(_given(written), [*given, *(dataset.question_files if questions else ())])
    return dataset


def _given(paths: Iterable[Path | None]) -> list[Path]:
    return [path for path in paths if path is not None]


def copies_of(context: tuple[str, ...]) -> dict[str, Path]:
    """Read the values of --context: files by IRI.

    Raises
    ------
    InputError
        One is not of the form IRI=FILE.
    """
    copies = {}
    for each in context:
        iri, sign, file = each.rpartition("=")
        if not (iri and sign and file):
            raise InputError(
                f"{each!r} is no copy of a context",
                hint="Write --context IRI=FILE, such as https://example.org/context=context.jsonld.",
            )
        copies[iri] = Path(file)
    return copies
