"""Options shared by several commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from testimonia.errors import InputError
from testimonia.outputs import refuse_overwriting
from testimonia.outputs.store_files import holds_columns

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
    """The data, for checks, which need files: a store does not keep literals as written."""

    data: Annotated[tuple[Path, ...], Parameter(negative=(), consume_multiple=1)] = ()
    """RDF files or directories, one or more, instead of the shipped data; give them last."""

    shipped: Annotated[bool, Parameter(negative=())] = False
    """Use the shipped data as well as --data."""

    with_: Annotated[tuple[str, ...], Parameter(name="--with", negative=())] = ()
    """Names that come with the library, without an incident: agents, with their posts; places."""

    context: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """IRI=FILE: local copy of a JSON-LD context, since nothing is fetched; can be repeated."""


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Files(Given):
    """The same, with a base for relative IRIs."""

    base: str | None = None
    """IRI against which relative IRIs in the files are resolved: the address at which they are published."""


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Data(Files):
    """The data, from files or from a store."""

    store: Path | None = None
    """Directory of a store that keeps the data between runs; in memory when left out."""

    engine: Literal["auto", "oxigraph", "duckdb"] = "auto"
    """What answers queries; duckdb is for stores that load made with --engine duckdb, and the default there."""


Language = Annotated[tuple[str, ...], Parameter(negative=())]
"""BCP 47 tags, given one by one or separated by commas."""


@Parameter(name="*", group=_OUTPUT)
@dataclass(frozen=True, kw_only=True)
class Output:
    """Options for the output."""

    format: Format = "table"
    """Format: table, csv, tsv or json for rows; table, turtle, n-triples or json-ld for graphs."""

    output: Path | None = None
    """File to write to; standard output when left out."""

    language: Language | None = None
    """Preferred languages of labels and glosses, such as fr or ar,fr; otherwise English."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The output file, if any."""
        return () if self.output is None else (self.output,)


@Parameter(name="*", group=_OUTPUT)
@dataclass(frozen=True, kw_only=True)
class RowOutput(Output):
    """Options for the output of rows."""

    labels: Annotated[bool, Parameter(negative=())] = False
    """Add labels to IRIs in csv, tsv and json; a table always shows them."""


OwnQuestions = Annotated[tuple[Path, ...], Parameter(name="--questions", negative=(), group=_DATA)]
"""Folders with additional questions."""

TimeLimit = Annotated[float, Parameter(name="--time-limit")]
"""Seconds that a query may take."""


def open_dataset(
    options: Given | None,
    *written: Path | None,
    read: Iterable[Path | None] = (),
    makes_store: bool = False,
    base: str | None = None,
    language: tuple[str, ...] | None = None,
    questions: tuple[Path, ...] = (),
) -> Dataset:
    """Open the dataset given by the options.

    Parameters
    ----------
    options
        Where the data come from.
    written
        The outputs of the command; none of them may be an input.
    read
        Further inputs of the command.
    makes_store
        Whether to create the store if it does not exist; commands that only read do not.
    base
        The base of relative IRIs, for commands whose option --base means something else.
    language
        Preferred languages of labels.
    questions
        Folders with additional questions.
    """
    import testimonia.dataset
    from testimonia.query import store_directories

    options = options or Given()
    if isinstance(options, Files):
        base = options.base
    shipped = True if options.shipped else None
    store = options.store if isinstance(options, Data) else None
    contexts = copies_of(options.context)
    engine = options.engine if isinstance(options, Data) else "auto"
    if store is not None and not makes_store and not holds_columns(store):
        store_directories.existing(store)
    dataset = testimonia.dataset.open(
        *options.data,
        shipped=shipped,
        packs=options.with_,
        store=store,
        base=base,
        contexts=contexts,
        language=language,
        questions=questions,
        engine=engine,
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
                f"{each!r} is not of the form IRI=FILE",
                hint="Write --context IRI=FILE, such as https://example.org/context=context.jsonld.",
            )
        copies[iri] = Path(file)
    return copies
