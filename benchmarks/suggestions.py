"""Measures how good the suggestions of the workbench are: precision and recall on the shipped incidents.

Needs the documents, which are not shipped: ``python benchmarks/suggestions.py FOLDER``. A suggested figure is right if
a claim of a figure rests on words that overlap with it and has the same harm and the same bounds; a claim is found
if a right suggestion overlaps with its words. A sentence is rightly marked as speech if a claim rests on it that
reports or quotes somebody.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import testimonia
from testimonia import sentences
from testimonia.notes import cues
from testimonia.notes.cues import CueKind
from testimonia.passages import holdings, records

HARMED = {"CasualtyProposition", "DetentionProposition"}
Span = tuple[int, int]


@dataclass(frozen=True)
class Said:
    """A claim with the words it rests on."""

    spans: tuple[Span, ...]
    figure: tuple[str | None, int | None, int | None] | None
    speech: bool


def main() -> None:
    """Print a row for each document and kind, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    dataset = testimonia.open()
    quads = list(dataset.quads())
    said = claims_by_document(dataset, records.read(quads))
    held = holdings.hold(folder).files
    print(f"{'document':<24}{'kind':<8}{'claimed':>8}{'found':>7}{'suggested':>11}{'right':>7}")
    total: dict[str, list[int]] = {}
    for document, (digest, claims) in sorted(said.items()):
        if digest not in held:
            continue
        for kind, counts in measured(holdings.text_of(held[digest]), claims).items():
            show(document, kind, counts)
            sums = total.setdefault(kind, [0, 0, 0, 0])
            total[kind] = [a + b for a, b in zip(sums, counts, strict=True)]
    for kind, counts in total.items():
        show("all", kind, counts)
        claimed, found, suggested, right = counts
        print(
            f"{'':<24}recall {found / (claimed or 1):.2f}, precision {right / (suggested or 1):.2f}"
        )


def show(document: str, kind: str, counts: Iterable[int]) -> None:
    """Print one row."""
    claimed, found, suggested, right = counts
    print(f"{document:<24}{kind:<8}{claimed:>8}{found:>7}{suggested:>11}{right:>7}", flush=True)


def claims_by_document(
    dataset: testimonia.Dataset, read: records.Records
) -> dict[str, tuple[str, list[Said]]]:
    """Give the claims of each document, by its name, with the digest of its text."""
    tables = dataset.tables()
    propositions = {row["id"]: row for row in tables["propositions"].iter_rows(named=True)}
    passages = {row["id"]: row for row in tables["passages"].iter_rows(named=True)}
    digests = {
        document.iri.rpartition("/")[2]: document.sha256 or "" for document in read.documents
    }
    found: dict[str, tuple[str, list[Said]]] = {
        name: (digest, []) for name, digest in digests.items()
    }
    for row in tables["claims"].iter_rows(named=True):
        spans = tuple((passages[p]["start"], passages[p]["end"]) for p in row["passage"] or ())
        if spans and row["stated_in"] in found:
            figure = figure_of(propositions[row["proposition"]])
            found[row["stated_in"]][1].append(Said(spans, figure, row["voice"] != "narration"))
    return found


def figure_of(row: dict[str, Any]) -> tuple[str | None, int | None, int | None] | None:
    """Give the harm and the bounds of a figure of people, if it is one."""
    if (
        not HARMED.intersection(row["type"])
        or (row["lower_bound"], row["upper_bound"]) == (None,) * 2
    ):
        return None
    return row["harm"] or "detained", row["lower_bound"], row["upper_bound"]


def measured(text: str, claims: list[Said]) -> dict[str, tuple[int, int, int, int]]:
    """Count, for each kind, what is claimed and found, and what is suggested and right."""
    suggested = cues.find(text)
    figures = [cue for cue in suggested if cue.kind is CueKind.FIGURE]
    counted = [claim for claim in claims if claim.figure]
    pairs = [
        (cue, claim)
        for cue in figures
        for claim in counted
        if meet((cue.start, cue.end), claim.spans)
        and claim.figure == (cue.harm, cue.lower, cue.upper)
    ]
    split = sentences.split(text)
    spoken = {
        n
        for n, span in enumerate(split, 1)
        if any(c.speech and meet(span, c.spans) for c in claims)
    }
    marked = {cue.sentence for cue in suggested if cue.kind is CueKind.SPEECH}
    return {
        "figure": (
            len(counted),
            len({id(claim) for _, claim in pairs}),
            len(figures),
            len({cue for cue, _ in pairs}),
        ),
        "speech": (len(spoken), len(spoken & marked), len(marked), len(spoken & marked)),
    }


def meet(span: Span, spans: Iterable[Span]) -> bool:
    """Tell whether a span overlaps with one of several."""
    return any(start < span[1] and span[0] < end for start, end in spans)


if __name__ == "__main__":
    main()
