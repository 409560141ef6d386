"""Lists what changed since the previous release, for people and for machines.

For machines in ActivityStreams 2.0 (W3C Recommendation, 2017) as the IIIF Change Discovery API uses
it: things that were added are objects of an ``as:Create``, corrected ones of an ``as:Update``, and
withdrawn ones of an ``as:Delete``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from pyoxigraph import NamedNode, Quad

from testimonia.errors import InputError, Place
from testimonia.namespaces import ONTOLOGY, RDFS, shorten
from testimonia.printing import one_line
from testimonia.publish.descriptions.differences import SECTIONS, Change, Kind, compare
from testimonia.publish.descriptions.statements import TURTLE, Statements, english, integer, typed
from testimonia.publish.folder.release import Artefact, Release
from testimonia.rdf import files

__all__ = ["JSON_PATH", "MARKDOWN_PATH", "PATH", "changes", "propositions"]

PATH: Final = "changes.ttl"
JSON_PATH: Final = "changes.json"
MARKDOWN_PATH: Final = "CHANGES.md"

_ACTIVITIES: Final = {Kind.ADDED: "Create", Kind.CORRECTED: "Update", Kind.WITHDRAWN: "Delete"}
# Backslashes where every Markdown parser takes them, numeric character references elsewhere.
_MARKUP: Final = re.compile(
    r"(?P<plain>[\\`*_\[\]#!]|\A[-+]|(?<=\A\d)[.)]|(?<=\A\d\d)[.)])"
    r"|[&<>~@=|]|:(?=//)|(?<=www)\."
)
_NAMES: Final = ("data/testimonia.nq", "data/testimonia.nq.gz")


def changes(release: Release) -> Iterator[Artefact]:
    """Write what changed since the previous release; nothing if there is none.

    Parameters
    ----------
    release
        The new release, with the folder of the previous one.

    Raises
    ------
    InputError
        That folder does not hold the N-Quads of a release.
    """
    if release.previous is None:
        return
    earlier = _dump(release.previous)

    def before() -> Iterator[Quad]:
        return files.read([earlier])

    found = compare(before, release.quads, propositions(release))
    yield Artefact(MARKDOWN_PATH, _markdown(release, found).encode(), "text/markdown")
    yield Artefact(JSON_PATH, _json(release, found).encode(), "application/json")
    yield Artefact(PATH, _turtle(release, found), TURTLE)


def propositions(release: Release) -> frozenset[str]:
    """List the classes of propositions that the ontology of a release declares."""
    narrower = RDFS.subClassOf
    pairs = [
        (quad.subject, quad.object)
        for quad in files.read(release.resources.ontology)
        if quad.predicate == narrower
    ]
    found = {NamedNode(ONTOLOGY + "Proposition")}
    while more := {sub for sub, above in pairs if above in found} - found:
        found |= {each for each in more if isinstance(each, NamedNode)}
    return frozenset(each.value for each in found)


def _dump(folder: Path) -> Path:
    for name in _NAMES:
        if (folder / name).is_file():
            return folder / name
    raise InputError(
        "this folder does not hold a release to compare with",
        place=Place(folder),
        hint=f"A release has its data in {_NAMES[0]}.",
    )


def _grouped(found: list[Change]) -> Iterator[tuple[str, Kind, list[Change]]]:
    for (section, kind), group in groupby(found, key=lambda each: (each.section, each.kind)):
        yield section, kind, list(group)


def _markdown(release: Release, found: list[Change]) -> str:
    lines = [f"# Changes in {_escaped(release.title)}, version {_escaped(release.version)}", ""]
    if not found:
        lines += ["No claim, proposition or document has changed.", ""]
    counts = {(section, kind): len(group) for section, kind, group in _grouped(found)}
    if found:
        lines += ["| | " + " | ".join(Kind) + " |", "|---|--:|--:|--:|"]
        for section in SECTIONS:
            cells = (str(counts.get((section, kind), 0)) for kind in Kind)
            lines.append(f"| {section} | " + " | ".join(cells) + " |")
        lines.append("")
    for section, kind, group in _grouped(found):
        lines += [f"## {section.capitalize()} {kind}", ""]
        for each in group:
            lines += _entry(each)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _entry(change: Change) -> Iterator[str]:
    yield f"- {_escaped(change.label)} ({_code(shorten(change.iri))})"
    if change.by is not None:
        by = _escaped(change.by_label or change.by)
        yield f"  - by: {by} ({_code(shorten(change.by))})"
    for sign, lines in (("was", change.lost), ("is", change.gained)):
        for predicate, value in lines:
            yield f"  - {sign}: {_code(f'{shorten(predicate[1:-1])} {value}')}"


def _escaped(text: str) -> str:
    """Escape untrusted text for Markdown, on one line."""
    return _MARKUP.sub(_reference, one_line(text))


def _reference(match: re.Match[str]) -> str:
    return f"\\{match[0]}" if match["plain"] else f"&#{ord(match[0])};"


def _code(text: str) -> str:
    """Format untrusted text as a code span, with longer fences than any run of backticks in it."""
    shown = one_line(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def _json(release: Release, found: list[Change]) -> str:
    content: dict[str, Any] = {"release": release.base, "version": release.version}
    for section in SECTIONS:
        content[section] = {kind.value: [] for kind in Kind}
    for each in found:
        entry: dict[str, Any] = {"iri": each.iri, "label": each.label}
        if each.by is not None:
            entry["by"] = each.by
        for name, lines in (("lost", each.lost), ("gained", each.gained)):
            if lines:
                entry[name] = [f"{predicate} {value}" for predicate, value in lines]
        content[each.section][each.kind.value].append(entry)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _turtle(release: Release, found: list[Change]) -> bytes:
    statements, whole = Statements(), release.iri(PATH)
    statements.add(whole, "a", _as("Collection"))
    statements.add(whole, "as:summary", english(f"Changes in version {release.version}"))
    statements.add(whole, "as:context", release.base)
    statements.add(whole, "as:totalItems", integer(len(found)))
    for number, each in enumerate(found, 1):
        activity = release.iri(f"{PATH}#{number}")
        statements.add(whole, "as:items", activity)
        statements.add(activity, "a", _as(_ACTIVITIES[each.kind]))
        statements.add(activity, "as:object", each.iri)
        statements.add(activity, "as:summary", english(f"{each.kind}: {each.label}"))
        if each.by is not None:
            statements.add(activity, "as:instrument", each.by)
        if release.date is not None:
            statements.add(activity, "as:published", typed(f"{release.date}T00:00:00Z", "dateTime"))
    return statements.turtle(release.iri(f"{PATH}#"))


def _as(name: str) -> str:
    return "https://www.w3.org/ns/activitystreams#" + name
