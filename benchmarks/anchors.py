"""Times finding passages in a long text by their anchors.

Run it with ``python benchmarks/anchors.py 10000``. The text is made from a seed: words of an invented
language in sentences, no two alike. Passages are sentences of any length, and spans of the text of a few
lengths; they are searched for in a tokenised copy with an additional first paragraph.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from testimonia import sentences
from testimonia.passages.anchoring import AnchoredText, digest_of
from testimonia.passages.normal_form import normalized
from testimonia.passages.searching import search

SEED: Final = 20_260_101
CHARACTERS: Final = (100_000, 1_000_000)
SYLLABLES: Final = "ba ce do fi gu ka le mo ni pu ra se to vi zu".split()  # noqa: SIM905

T = TypeVar("T")


def text(characters: int, seed: random.Random) -> str:
    """Make a text of at least the given number of characters."""
    words = ["".join(seed.choices(SYLLABLES, k=seed.randint(1, 4))) for _ in range(5_000)]
    made, length = [], 0
    while length < characters:
        sentence = " ".join(seed.choices(words, k=seed.randint(5, 30))).capitalize() + ". "
        made.append(sentence)
        length += len(sentence)
    return "".join(made)


def few_lengths(form: str, count: int, seed: random.Random) -> Iterator[tuple[str, int]]:
    """Yield spans of five lengths, from anywhere in a normal form."""
    for _ in range(count):
        length = seed.choice((80, 100, 120, 160, 200))
        at = seed.randrange(len(form) - length)
        yield digest_of(form[at : at + length]), length


def of_sentences(document: str, count: int, seed: random.Random) -> Iterator[tuple[str, int]]:
    """Yield sentences of any length."""
    spans = sentences.split(document)
    for start, end in seed.choices(spans, k=count):
        form = normalized(document[start:end])
        yield digest_of(form), len(form)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Run some work; return its duration and result."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def main() -> None:
    """Print a row for each text and kind of passages."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print("| Characters | Passages | Lengths | Normal form, s | Search, s | Found |")
    print("|--:|---|--:|--:|--:|--:|")
    for characters in CHARACTERS:
        seed = random.Random(SEED)  # noqa: S311 - the same text every time
        document = text(characters, seed)
        copy = "Corrected on Monday.\n\n" + document.replace(".", " .")
        seconds, form = timed(lambda copy=copy: AnchoredText(copy).form)  # type: ignore[misc]
        for kind, wanted in (
            ("of five lengths, from anywhere", set(few_lengths(form.form, count, seed))),
            ("sentences", set(of_sentences(document, count, seed))),
            (
                "sentences, none of them there",
                {(digest_of(str(n)), 90 + n % 5) for n in range(count)},
            ),
        ):
            taken, found = timed(lambda form=form, wanted=wanted: search(form, wanted))  # type: ignore[misc]
            lengths = len({length for _, length in wanted})
            held = sum(bool(spans) for spans in found.values())
            print(
                f"| {characters:,} | {len(wanted):,} {kind} | {lengths} | {seconds:.1f} | {taken:.1f} "
                f"| {held:,} of {len(wanted):,} |"
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nPeak memory {peak} MB.")


if __name__ == "__main__":
    main()
