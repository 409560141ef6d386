"""Guesses what the columns of a table hold, by HXL tags, by their names, and by their values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from testimonia.errors import Place, TableError
from testimonia.tables.descriptions.raw_rows import SampledTable

__all__ = ["Counted", "Roles", "roles_of"]

_HARMS: Final = {
    "killed": r"kill|dead\b|death|fatal|died|muert|mort|décès|deces|قتل|وفيات|شهداء|погиб|убит",
    "injured": r"injur|wound|herid|bless|جرح|إصاب|ранен|поранен",
    "missing": r"missing|desaparecid|disparu|مفقود",
    "abducted": r"abduct|kidnap|hostage|secuestr|enlev|enlèv|خطف",
    "displaced": r"displace|desplazad|déplac|deplac|نازح|idps?\b",
}
_TAGGED: Final = {
    "killed": ("killed", "dead", "deaths"),
    "injured": ("injured", "wounded"),
    "missing": ("missing",),
    "abducted": ("abducted", "kidnapped"),
    "displaced": ("displaced", "idps"),
}
# Whom a column counts: words of its name, attributes of its tag, categories, and the name of the group.
_WHOM: Final = (
    (r"child|kids|minors|niñ|enfant|أطفال|дет", ("children",), ("child",), "Children"),
    (r"wom[ae]n|female|mujer|femme|نساء|женщин", ("f", "women"), ("woman",), "Women"),
    (r"\bm[ae]n\b|\bmale|hombre|homme|رجال|мужчин", ("m", "men"), ("man",), "Men"),
    (r"civil", ("civilians",), ("civilian",), "Civilians"),
    (r"aid.?work|humanitarian", ("aid_workers",), ("aid-worker",), "Aid workers"),
    (r"journalist|press\b|media", (), ("journalist",), "Journalists"),
    (r"medic|health.?work|doctor|nurse", (), ("medical-worker",), "Medical workers"),
    (r"militant|insurgent|rebel|fighter", (), ("militant",), "Militants"),
    (r"police", (), ("police",), "Police"),
    (r"soldier|military|security.?force|troops", (), ("security-forces",), "Security forces"),
    (r"terrorist|attacker|assailant|perpetrator|suspect|shooter", (), ("assailant",), "Attackers"),
)
# By level, the most likely names first.
_PLACES: Final = (
    (r"country|país|pays|الدولة", "nation$"),
    (
        r"adm(in)?( ?level)? ?1",
        r"governorate|province|state\b|oblast|departamento|المحافظة",
        "region",
    ),
    (r"adm(in)?( ?level)? ?2", r"district|county|municip|raion|المنطقة"),
    (r"adm(in)?( ?level)? ?[34]", r"sub.?district"),
    (r"city|town|village|locality|settlement|المدينة",),
    (r"location|place|site\b|lugar|lieu|الموقع",),
)
_PLACE_TAGS: Final = ("#country", "#adm1", "#adm2", "#adm3", "#adm4", "#loc")
_NOT_A_PLACE: Final = re.compile(
    r"code|pcode|iso|_id\b|\bid\b|precision|lat|lon|type|description|#", re.I
)
_LOW: Final = re.compile(r"(^|[_\W])(min|minimum|low|lowest|least)($|[_\W])", re.I)
_HIGH: Final = re.compile(r"(^|[_\W])(max|maximum|high|highest|most)($|[_\W])", re.I)
_RATHER_NOT: Final = re.compile(
    r"\b(rate|percent|share|per|ratio)\b|%|_txt$|description|cause|name|date|age\b", re.I
)
_DIGIT: Final = re.compile(r"\d")
_MOSTLY: Final = 0.5


@dataclass(frozen=True)
class Counted:
    """A figure: its columns, the harm, and whom it counts."""

    harm: str
    category: tuple[str, ...]
    whom: str
    column: str = ""
    low: str = ""
    high: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns."""
        return (self.column,) if self.column else (self.low, self.high)


@dataclass
class Roles:
    """What the columns of a table hold."""

    key: str = ""
    day: str = ""
    until: str = ""
    year: str = ""
    month: str = ""
    day_of_month: str = ""
    places: list[str] = field(default_factory=list)
    latitude: str = ""
    longitude: str = ""
    figures: list[Counted] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    perpetrator: str = ""

    @property
    def used(self) -> set[str]:
        """The columns that have a role."""
        alone = (self.key, self.day, self.until, self.year, self.month, self.day_of_month)
        counted = [name for each in self.figures for name in (each.column, each.low, each.high)]
        others = (self.latitude, self.longitude, self.perpetrator)
        return {*alone, *counted, *others, *self.places, *self.sources} - {""}


def roles_of(table: SampledTable, path: Path) -> Roles:
    """Guess the roles of the columns of a table.

    Parameters
    ----------
    table
        Its first rows.
    path
        Its file, for messages.

    Raises
    ------
    TableError
        No column can be a day, or none a figure.
    """
    guess = _Guess(table)
    roles = guess.roles
    guess.days()
    guess.points()
    guess.key()
    guess.places()
    guess.figures()
    guess.sources()
    listed = f"Its columns: {', '.join(table.columns)}."
    if not (roles.day or roles.year):
        raise TableError(
            "no column of this table can be a day", place=Place(path), hint=f"{listed} {_BY_HAND}"
        )
    if not roles.figures:
        raise TableError(
            "no column of this table can be a number of victims",
            place=Place(path),
            hint=f"{listed} {_BY_HAND}",
        )
    return roles


_BY_HAND: Final = "Write the description by hand; mappings/descriptions/ has examples."


class _Guess:
    def __init__(self, table: SampledTable) -> None:
        self._table = table
        self.roles = Roles()

    def _free(self) -> list[str]:
        return [name for name in self._table.columns if name not in self.roles.used]

    def _find(self, pattern: str, *tags: str, without: str = "") -> str:
        """Find a free column with cells by tag, else by name."""
        free = [name for name in self._free() if self._table.cells[name]]
        for tag in tags:
            for name in free:
                if _has(self._table.tags.get(name, ""), tag):
                    return name
        wanted = re.compile(pattern, re.IGNORECASE)
        rejected = re.compile(without or r"(?!)", re.IGNORECASE)
        return next(
            (n for n in free if wanted.search(_words(n)) and not rejected.search(_words(n))), ""
        )

    def days(self) -> None:
        roles = self.roles
        roles.day = self._find(r"(?!)", "#date+start", "#date+occurred") or self._find(
            r"\bdate|date\b|fecha|تاريخ|дата",
            "#date",
            without=r"report|publi|updat|creat|modif|entry|end|until|to\b|year|month",
        )
        if roles.day and not any(map(_DIGIT.search, self._table.cells[roles.day])):
            roles.day = ""
        if roles.day:
            roles.until = self._find(r"date.?(end|to|until)|end.?date", "#date+end")
            return
        roles.year = self._find(r"^i?year$|año|année|سنة", "#date+year")
        if roles.year:
            roles.month = self._find(r"^i?month( reported)?$|^mes$|^mois$", "#date+month")
            roles.day_of_month = self._find(r"^i?day$|^día$|^jour$", "#date+day")
            return
        roles.day = self._find(r"^(day|week|month|period)\b|^día$|^jour$|اليوم")

    def points(self) -> None:
        latitude = self._find(r"^lat(itude)?\b|latitude|خط العرض", "#geo+lat", "#lat_deg")
        longitude = self._find(r"^lon(g|gitude)?\b|longitude|خط الطول", "#geo+lon", "#lon_deg")
        if latitude and longitude:
            self.roles.latitude, self.roles.longitude = latitude, longitude

    def key(self) -> None:
        for name in self._free():
            cells = self._table.cells[name]
            tag = self._table.tags.get(name, "")
            named = re.search(
                r"(^|[_\W])(id|ref(erence)?|code|no|number|uuid)($|[_\W])|^event_?id", name, re.I
            )
            is_key = _has(tag, "#event+id") or _has(tag, "#meta+id") or named
            if is_key and len(cells) == self._table.rows == len(set(cells)):
                self.roles.key = name
                return

    def places(self) -> None:
        for tag, patterns in zip(_PLACE_TAGS, _PLACES, strict=True):
            tries = [self._find(r"(?!)", f"{tag}+name"), self._find(r"(?!)", tag)]
            tries += [self._find(each, without=_NOT_A_PLACE.pattern) for each in patterns]
            name = next((each for each in tries if each and not self._is_coded(each)), "")
            if name:
                self.roles.places.append(name)

    def _is_coded(self, name: str) -> bool:
        """Return whether a column holds codes or numbers, not names."""
        return _has(self._table.tags.get(name, ""), "+code") or self._counts(name)

    def figures(self) -> None:
        for name in self._free():
            if not self._counts(name):
                continue
            harm, (category, whom) = self._harm(name), self._whom(name)
            if harm and _HIGH.search(name) is None:
                high = self._partner(name)
                ends = {"low": name, "high": high} if high else {"column": name}
                counted = Counted(harm, category, whom, **ends)
                if any(_same(counted, each) for each in self.roles.figures):
                    # The same harm to the same people twice would be two claims that contradict.
                    counted = Counted(harm, category, f"{whom}, as in {name}", **ends)
                self.roles.figures.append(counted)

    def _counts(self, name: str) -> bool:
        """Return whether the cells of a column are mostly numbers."""
        if _RATHER_NOT.search(name) and name not in self._table.tags:
            return False
        cells = self._table.cells[name]
        numbers = sum(bool(_DIGIT.search(cell)) and len(cell) < 30 for cell in cells)
        return bool(cells) and numbers > _MOSTLY * len(cells)

    def _harm(self, name: str) -> str:
        tag = self._table.tags.get(name, "")
        if tag.startswith("#affected"):
            for harm, words in _TAGGED.items():
                if any(_has(tag, f"+{word}") for word in words):
                    return harm
        return next(
            (
                harm
                for harm, words in _HARMS.items()
                if re.search(words, _words(name), re.IGNORECASE)
            ),
            "",
        )

    def _whom(self, name: str) -> tuple[tuple[str, ...], str]:
        tag = self._table.tags.get(name, "")
        for words, attributes, category, whom in _WHOM:
            tagged = any(_has(tag, f"+{each}") for each in attributes)
            if tagged or re.search(words, _words(name), re.IGNORECASE):
                return category, whom
        return ("person",), "Anybody"

    def _partner(self, low: str) -> str:
        """Find the column with the highest number, for that with the lowest."""
        if not _LOW.search(low):
            return ""
        base = _LOW.sub(r"\1\3", low)
        return next(
            (n for n in self._free() if _HIGH.search(n) and _HIGH.sub(r"\1\3", n) == base), ""
        )

    def sources(self) -> None:
        while len(self.roles.sources) < 3:
            name = self._find(
                r"^sources?\b|source_?(name|url|article|original)|sources$|fuente|المصدر",
                "#meta+source",
                "#meta+url",
                without=r"scale|type|date|office|number|count|headline",
            )
            if not name:
                break
            self.roles.sources.append(name)
        self.roles.perpetrator = self._find(
            r"perpetrator|attribut|responsib|armed.?group|actor.?name|^gname$|belligerent|culprit",
            without=r"type|code",
        )
        if self._counts(self.roles.perpetrator) if self.roles.perpetrator else False:
            self.roles.perpetrator = ""


def _words(name: str) -> str:
    """Write the name of a column with spaces between its words."""
    return " ".join(re.sub(r"[_\s]+|(?<=[a-z])(?=[A-Z])", " ", name).split())


def _same(one: Counted, other: Counted) -> bool:
    return (one.harm, one.whom, bool(one.column)) == (other.harm, other.whom, bool(other.column))


def _has(tag: str, wanted: str) -> bool:
    """Return whether a tag has all the parts of another; ``+killed`` alone is an attribute."""
    base, *attributes = wanted.split("+")
    own, *given = tag.split("+")
    # A year is not a day, although it has the tag of a day.
    parts = {"year", "month"} & set(given) - set(attributes)
    return (not base or own == base) and set(attributes) <= set(given) and bool(tag) and not parts
