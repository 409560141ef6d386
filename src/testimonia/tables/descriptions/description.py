"""The description of a table: which of its columns hold what, and who claims it."""

# ruff: noqa: RUF009 - entry makes fields of dataclasses

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from testimonia.tables.descriptions.column_names import renamed
from testimonia.tables.descriptions.description_fields import (
    AGENT_CLASSES,
    Flag,
    Keyed,
    Part,
    Several,
    Words,
    entry,
)

__all__ = [
    "NOTHING",
    "Account",
    "Agent",
    "Choice",
    "Conduct",
    "Day",
    "Description",
    "Figure",
    "FileForm",
    "Group",
    "Named",
    "Place",
    "Quantities",
    "Series",
    "Sources",
]

NOTHING: Final = "nothing"
"""The value of a choice where nothing is to be claimed."""

_NAME: Final = r"[a-z0-9]+(-[a-z0-9]+)*"
_NAMED: Final = "lower-case letters, digits and hyphens, such as port-ledger"
_COLUMNS: Final = Several(Words())
_BY_COLUMN: Final = Keyed(Several(Words()))


@dataclass(frozen=True)
class Choice:
    """A code: always the same, or by the value of a column."""

    always: str = entry("The code, whatever the cells hold.", Words("*"), "")
    column: str = entry("The column that decides.", default="")
    values: Mapping[str, str] = entry(
        "The code for each value of the column; case does not matter.", Keyed(Words("*")), {}
    )
    otherwise: str = entry(
        "The code for all other values and empty cells. Without it, other values are rejected.",
        Words("*"),
        "",
    )


@dataclass(frozen=True)
class Agent:
    """An agent that the description names."""

    name: str = entry("Its name.")
    id: str = entry("Its name in the agents table; made from its name when left out.", default="")
    type: str = entry("Its class, such as Monitor.", Words(AGENT_CLASSES), "Monitor")


@dataclass(frozen=True)
class Named:
    """A column of names of agents."""

    column: str = entry("The column.", default="")
    always: str = entry("A name, in place of a column.", default="")
    separator: str = entry("What separates the names in a cell, such as ;.", default="")
    json: str = entry("If cells are JSON lists of objects: the field with the name.", default="")
    type: str = entry("The class of those named.", Words(AGENT_CLASSES), "Organization")
    types: Mapping[str, str] = entry(
        "The class of names that begin with these words.", Keyed(Words(AGENT_CLASSES)), {}
    )
    missing: tuple[str, ...] = entry(
        "Names that stand for nobody known, such as Unknown.", _COLUMNS, ()
    )
    several: str = entry(
        "If a cell names several claimants: each says it, or nothing is claimed.",
        Words(pattern="each|nothing", expected="each or nothing"),
        "each",
    )


_NAMES: Final = Several(Part(Named, short="column"))


@dataclass(frozen=True)
class Day:
    """When what a row reports happened: a day, a span of days, or the parts of a date."""

    column: str = entry("The column with the day, or with the first day.", default="")
    until: str = entry("The column with the last day.", default="")
    year: str = entry(
        "The column with the year, if the parts of the date are in several columns.", default=""
    )
    month: str = entry("The column with the month; 0 is unknown.", default="")
    day: str = entry("The column with the day of the month; 0 is unknown.", default="")
    formats: tuple[str, ...] = entry(
        "Formats of dates, as in %d/%m/%Y; ISO dates and names of months in English are read anyhow.",
        _COLUMNS,
        (),
    )


@dataclass(frozen=True)
class Place:
    """Where it happened."""

    levels: tuple[str, ...] = entry(
        "The columns with names of places, the widest first.", _COLUMNS, ()
    )
    within: str = entry("The name of the place that all lie in, such as a country.", default="")
    latitude: str = entry("The column with degrees north.", default="")
    longitude: str = entry("The column with degrees east.", default="")


@dataclass(frozen=True)
class Group:
    """Whom a figure counts."""

    category: tuple[str, ...] = entry(
        "What each of them is.", Several(Words("victim-category")), ("person",)
    )
    any_category: tuple[str, ...] = entry(
        "Categories of which each of them has one.", Several(Words("victim-category")), ()
    )
    name: str = entry("What they are called; made from the categories when left out.", default="")
    role: str = entry("What they did there.", default="")
    affiliation: Named | None = entry(
        "The column with the body whose members they are.", Part(Named, short="column"), None
    )
    nationality: str = entry("The state whose nationals they are.", default="")


@dataclass(frozen=True)
class _Claimed:
    """What figures and accounts have in common."""

    name: str = entry(
        "A short name, unique in the table; made from the columns when left out.",
        Words(pattern=_NAME, expected=_NAMED),
        "",
    )
    by: Named | None = entry(
        "Who claims it, if not the compiler.", Part(Named, short="column"), None
    )
    stance: Choice | None = entry(
        "What they do with it: asserts when left out; nothing for no claim.",
        Part(Choice, short="always", codes="stance", also=(NOTHING,)),
        None,
    )
    certainty: Choice | None = entry(
        "How sure they are.", Part(Choice, short="always", codes="certainty", also=(NOTHING,)), None
    )
    basis: Choice | None = entry(
        "How they came to it.", Part(Choice, short="always", codes="basis", also=(NOTHING,)), None
    )
    channel: Choice | None = entry(
        "By what channel they said it.",
        Part(Choice, short="always", codes="channel", also=(NOTHING,)),
        None,
    )
    when: Mapping[str, tuple[str, ...]] = entry(
        "Only rows in which these columns have one of these values.", _BY_COLUMN, {}
    )
    unless: Mapping[str, tuple[str, ...]] = entry(
        "Not the rows in which one of these columns has one of these values.", _BY_COLUMN, {}
    )
    comment: str = entry(
        "A remark on each claim, in which {COLUMN} stands for a cell, such as Grade: {grading}.",
        default="",
    )
    remarks: Mapping[str, str] = entry(
        "Remarks on a claim, by the value of its first column.", Keyed(Words()), {}
    )


@dataclass(frozen=True)
class Figure(_Claimed):
    """A figure of victims: one column, or a lowest and a highest number in two."""

    column: str = entry("The column with the number.", default="")
    low: str = entry("The column with the lowest number.", default="")
    high: str = entry("The column with the highest number.", default="")
    harm: Choice = entry(
        "What they suffered.",
        Part(Choice, short="always", codes="harm"),
        Choice(always="killed"),
    )
    who: Group = entry("Whom it counts.", Part(Group, short="category"), Group())
    bounds: str = entry(
        "What a number without a sign means.",
        Words(
            pattern="exact|at-least|at-most|approximately",
            expected="exact, at-least, at-most or approximately",
        ),
        "exact",
    )
    zero: str = entry(
        "What 0 means: a claim that there were none, or nothing.",
        Words(pattern="claim|nothing", expected="claim or nothing"),
        "claim",
    )
    missing: tuple[str, ...] = entry("Cells without a figure, such as -99.", _COLUMNS, ())
    subset_of: tuple[str, ...] = entry(
        "Figures of the same row that these persons are counted in, by name.", _COLUMNS, ()
    )
    aggregates: tuple[str, ...] = entry(
        "Figures of the same row that this one adds up, by name.", _COLUMNS, ()
    )


@dataclass(frozen=True)
class Account(_Claimed):
    """Who did it, according to somebody."""

    perpetrators: tuple[Named, ...] = entry("The columns with those who did it.", _NAMES, ())
    alternatives: bool = entry(
        "Whether several names are alternatives, of which one did it.", Flag(), False
    )


@dataclass(frozen=True)
class Conduct(_Claimed):
    """Who acted against whom."""

    actors: tuple[Named, ...] = entry("The columns with those who acted.", _NAMES, ())
    against: tuple[Named, ...] = entry(
        "The columns with those whom they acted against.", _NAMES, ()
    )
    alongside: tuple[Named, ...] = entry("The columns with those at their side.", _NAMES, ())
    gloss: str = entry("What they did, in a few words, such as fought.", default="acted")


@dataclass(frozen=True)
class Series:
    """Rows that are parts of one larger event, such as a coordinated attack."""

    column: str = entry("The column with the keys of the other rows.", default="")
    separator: str = entry("What separates the keys in a cell.", default=",")
    label: str = entry("What the larger event is called.", default="Coordinated events")


@dataclass(frozen=True)
class Quantities:
    """How figures are written."""

    thousands: str = entry(
        "The separator of thousands: comma, point or space.",
        Words(pattern="comma|point|space", expected="comma, point or space"),
        "comma",
    )
    words: Mapping[str, str] = entry(
        "What words mean, as a quantity: 0, ~60, 100+, 5-7, several; nothing; or reject.",
        Keyed(Words()),
        {},
    )


@dataclass(frozen=True)
class FileForm:
    """How files of the table are laid out."""

    sheet: str = entry("The sheet of a workbook.", default="")
    encoding: str = entry("The encoding, if it is not UTF-8.", default="")
    separator: str = entry("The separator of cells.", default="")
    merged: str = entry(
        "What merged cells mean: the value of the first holds for all (fill), or their rows are rejected.",
        Words(pattern="fill|reject", expected="fill or reject"),
        "reject",
    )


@dataclass(frozen=True)
class Sources:
    """What the compiler used."""

    informants: tuple[Named, ...] = entry(
        "Columns with the names of original sources; without a separator, texts that are read.",
        _NAMES,
        (),
    )
    addresses: tuple[Named, ...] = entry(
        "Columns with addresses of publications on the web.", _NAMES, ()
    )


@dataclass(frozen=True)
class Description:
    """A table: how it is read, and what its rows claim."""

    name: str = entry(
        "A short name, with which names of things begin.",
        Words(pattern=_NAME, expected=_NAMED),
    )
    title: str = entry("The title of the table.")
    compiler: Agent = entry("Who compiled it.", Part(Agent, short="name"))
    day: Day = entry("When what a row reports happened.", Part(Day, short="column"))
    key: tuple[str, ...] = entry(
        "The column with a key for each row, or several; the number of the row when left out.",
        _COLUMNS,
        (),
    )
    years: tuple[str, ...] = entry(
        "The first and last year that dates may have.",
        Several(Words(pattern="[0-9]{4}", expected="a year, such as 1970")),
        (),
    )
    file: FileForm = entry("How its files are laid out.", Part(FileForm), FileForm())
    optional: tuple[str, ...] = entry("Columns that some editions lack.", _COLUMNS, ())
    missing: tuple[str, ...] = entry(
        "Cells that hold no value, such as -99, N/A or unknown, in all columns; case does not matter.",
        _COLUMNS,
        (),
    )
    skip: Mapping[str, tuple[str, ...]] = entry(
        "Rows that are not records, by column and value, such as totals.", _BY_COLUMN, {}
    )
    quantities: Quantities = entry("How figures are written.", Part(Quantities), Quantities())
    event_type: Choice = entry(
        "What kind of event a row is.",
        Part(Choice, short="always", codes="event-type"),
        Choice(always="violent-act"),
    )
    part_of: Series | None = entry(
        "The rows with which a row is part of a larger event.", Part(Series, short="column"), None
    )
    place: Place = entry("Where it happened.", Part(Place), Place())
    clarity: Choice | None = entry(
        "How clear the event was to the compiler.",
        Part(Choice, short="always", codes="clarity", also=(NOTHING,)),
        None,
    )
    place_precision: Choice | None = entry(
        "How exactly the place is known.",
        Part(Choice, short="always", codes="place-precision", also=(NOTHING,)),
        None,
    )
    time_precision: Choice | None = entry(
        "How exactly the time is known.",
        Part(Choice, short="always", codes="time-precision", also=(NOTHING,)),
        None,
    )
    sources: Sources = entry("What the compiler used.", Part(Sources), Sources())
    figures: tuple[Figure, ...] = entry(
        "Figures of victims.", Several(Part(Figure, short="column")), ()
    )
    responsibility: tuple[Account, ...] = entry("Who did it.", Several(Part(Account)), ())
    conduct: tuple[Conduct, ...] = entry("Who acted against whom.", Several(Part(Conduct)), ())
    left_out: Mapping[str, str] = entry(
        "Columns that are not mapped, with the reason.", Keyed(Words()), {}
    )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are mapped, each once, those of the key first."""
        named = [*self.key]

        def seen(name: str) -> str:
            named.append(name)
            return name

        renamed(self, seen)
        return tuple(dict.fromkeys(named))

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which a table is not of this kind."""
        return tuple(name for name in self.columns if name not in self.optional)
