"""Recognises informants in a short text such as ``SOHR, Airwars`` or ``an army colonel``.

Only two kinds of text are recognised: the names in ``informants.csv``, in the spellings given there, and
descriptions that consist of common nouns for people and bodies, which name nobody. Everything else,
including names of people, is left unchanged.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["Known", "Reading", "above", "known", "read"]


@dataclass(frozen=True)
class Known:
    """An organisation that is known by name.

    Parameters
    ----------
    id
        Its name in the agents table.
    type
        Its class.
    label
        Its full name.
    part_of
        The body it is part of; empty if there is none.
    """

    id: str
    type: str
    label: str
    part_of: str


@dataclass(frozen=True)
class Reading:
    """What was recognised in a text.

    Parameters
    ----------
    known
        Known bodies, each once.
    unnamed
        Descriptions of sources that are not named, each a source of its own.
    sure
        Whether the whole text was recognised.
    """

    known: tuple[Known, ...] = ()
    unnamed: tuple[str, ...] = ()
    sure: bool = True


# Separators that are never part of a name or description, and those that may be.
_HARD: Final = re.compile(r"[\n;|]+|//+|\s\+\s")
_SOFT: Final = re.compile(r",|/|\s&\s|\.\s")
_AND: Final = re.compile(r"\sand\s", re.IGNORECASE)
_COUNTED: Final = re.compile(r"\s*\(?\bx ?\d{1,3}\)?$", re.IGNORECASE)
_FORM: Final = re.compile(
    r"\s+(?:statements?|reports?|sit(?:e|re|)reps?(?:[ \d/.-]+)?)$", re.IGNORECASE
)
_EDGES: Final = " \t\r\"'\u201c\u201d.,:-\u2013"

_ARTICLES: Final = "a an the some several many two three four five one other various"
_KINDS: Final = """
    afghan african algerian american angolan anonymous armed army british burmese cameroonian
    canadian car central chadian chechen chief civilian colombian congolese defence defense district
    drc egyptian ethiopian federal foreign former french german government governmental health hospital
    humanitarian indian indonesian intelligence interior iranian iraqi israeli jordanian kenyan
    kurdish law-enforcement lebanese libyan local malian medical mexican military militant militia
    municipal national nearby nigerian official opposition pakistani palestinian peacekeeping
    philippine police prefectural presidential provincial rebel regional religious rescue russian
    rwandan saudi security senior somali state student sudanese syrian tribal turkish ugandan
    ukrainian unconfirmed unidentified unnamed us village yemeni youth
"""
_PEOPLE: Final = """
    activist activists agencies army assessment authorities authority bishop captain chief citizens
    colonel commander commanders correspondent councillor cousins doctor doctors eyewitness
    eyewitnesses family forces friend friends gendarmerie gendarmes general government governor
    inhabitant inhabitants journalist journalists leader leaders legislator lieutenant locals major
    mayor medic medics militants military minister ministry mother nurse nurses officer officers
    official officials parents passenger peacekeeper peacekeepers police policeman policemen
    prefect priest priests protestors rebels relative relatives rescuers researchers resident
    residents servicemen sister soldier soldiers source sources spokesman spokesmen spokesperson
    spokeswoman staff survivor survivors troops victims villager villagers wife witness witnesses
    workers
"""
_BODIES_OF: Final = "defence defense interior justice health security"
_ORDINARY: Final = frozenset(f"{_ARTICLES} {_KINDS} {_PEOPLE} {_BODIES_OF} and".split())
_HEADS: Final = frozenset(_PEOPLE.split())
# "ministry of defence"; "a resident of …, 25": the place and the age do not name anybody.
_MINISTRY: Final = re.compile(
    rf"(?:the )?ministry of (?:national )?(?:{'|'.join(_BODIES_OF.split())})"
)
_FROM_A_PLACE: Final = re.compile(
    r"(?P<who>.+?)\s(?:of|in|from|near)\s(?:the (?:city|town|village|area|region|country))?"
    r"(?:(?:of )?[A-Z][\w\u2019'-]+(?:\s[A-Z][\w\u2019'-]+){0,2})?(?:,\s?(?:aged )?\d{1,2})?,?"
)
_RESIDENTS: Final = (
    *("resident", "villager", "inhabitant", "witness"),
    *("residents", "villagers", "inhabitants", "witnesses"),
)
_LONGEST: Final = 100
_INITIALS: Final = 2


@cache
def _names() -> dict[str, Known]:
    """Read the known bodies, by case-folded spelling."""
    text = files(__package__).joinpath("informants.csv").read_text("utf-8")
    names: dict[str, Known] = {}
    for row in csv.DictReader(text.splitlines()):
        agent = Known(row["id"], row["type"], row["label"], row["part_of"])
        for spelling in row["spellings"].split("|"):
            names[_folded(spelling)] = agent
    return names


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().removeprefix("the ").replace("\u2019", "'")


def known(name: str) -> Known | None:
    """Find a body by a spelling of its name.

    Parameters
    ----------
    name
        A spelling; case and spaces do not matter, but names of one or two letters must be in capitals.

    Examples
    --------
    >>> known("air  wars").id
    'airwars'
    """
    found = _names().get(_folded(name))
    short = _folded(name).upper()
    if found is not None and len(short) <= _INITIALS and short not in name:
        return None  # "is" and "un" are words
    return found


def above(agent: Known) -> Known:
    """Find the body that a known body is part of.

    Raises
    ------
    KeyError
        It is not part of another.
    """
    return {each.id: each for each in _names().values()}[agent.part_of]


def read(text: str) -> Reading:
    """Recognise the informants in a text.

    Parameters
    ----------
    text
        As published.

    Returns
    -------
    Reading
        If it is not sure, the text itself must be kept.

    Examples
    --------
    >>> reading = read("SOHR, Airwars; army spokesman")
    >>> [agent.id for agent in reading.known], reading.unnamed, reading.sure
    (['sohr', 'airwars'], ('army spokesman',), True)
    >>> read("Jean-Bosco N., a farmer").sure
    False
    """
    parts = [part for part in _HARD.split(text) if part.strip(_EDGES)]
    readings = [_read_part(part) for part in parts]
    agents = dict.fromkeys(agent for reading in readings for agent in reading.known)
    unnamed = tuple(words for reading in readings for words in reading.unnamed)
    sure = bool(parts) and all(reading.sure for reading in readings)
    return Reading(tuple(agents), unnamed, sure)


def _read_part(text: str) -> Reading:
    whole = _one(text)
    if whole is not None:
        return whole
    pieces = [piece for piece in _SOFT.split(text) if piece.strip(_EDGES)]
    readings = [_one(piece) or _joined(piece) for piece in pieces]
    agents = tuple(agent for each in readings if each for agent in each.known)
    if all(readings):
        return Reading(agents, tuple(words for each in readings if each for words in each.unnamed))
    # A description next to unknown words may refer to them: "N., a farmer". A known name does not.
    return Reading(agents, sure=False)


def _joined(text: str) -> Reading | None:
    """Recognise known names with "and" or only spaces between them; else return None."""
    for pieces in (_AND.split(text), text.split()):
        agents = [known(piece.strip(_EDGES)) for piece in pieces]
        if len(agents) > 1 and all(agents):
            return Reading(tuple(agent for agent in agents if agent))
    return None


def _one(text: str) -> Reading | None:
    """Recognise a text as one source; else return None."""
    words = " ".join(text.split()).strip(_EDGES)
    for form in (words, _COUNTED.sub("", words), _FORM.sub("", words)):
        agent = known(form)
        if agent is not None:
            return Reading((agent,))
    return Reading((), (words,)) if _describes(words) else None


def _describes(words: str) -> bool:
    """Return whether a text describes somebody without naming them."""
    if not words or len(words) > _LONGEST:
        return False
    if _MINISTRY.fullmatch(words.casefold()) or _ordinary(words):
        return True
    placed = _FROM_A_PLACE.fullmatch(words)
    return (
        placed is not None
        and _ordinary(placed["who"])
        and placed["who"].casefold().endswith(_RESIDENTS)
    )


def _ordinary(words: str) -> bool:
    # "police and hospital officials" may be one group or two: it is taken as one source.
    if "," in words:
        return False
    each = [word.strip(_EDGES) for word in _FORM.sub("", words).casefold().split()]
    each = [word.removesuffix("'s").removesuffix("\u2019s") for word in each if word]
    return bool(each) and set(each) <= _ORDINARY and not _HEADS.isdisjoint(each)
