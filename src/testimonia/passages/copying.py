"""Words of the data held against the documents: none copied into texts of ours, quantities as they stand there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.namespaces import DCTERMS, TMN
from testimonia.passages.normal_form import normalized
from testimonia.passages.wording import lookalikes, runs, same_words

__all__ = ["COPIED_WORDS", "WordingCheck", "WordingFault", "copied", "unheard"]

COPIED_WORDS = 8
"""So many words in the order of a document are copied; fewer may be how a fact is put."""

# What may hold words of the document: the words of times and quantities, and what it is called.
_MAY_QUOTE = frozenset(
    (
        TMN.verbatimQuantity,
        TMN.asStated,
        TMN.dateline,
        DCTERMS.title,
    )
)


# A word that is broken at the end of a line, or may be.
_BROKEN = re.compile("\u00ad|-\\s*[\r\n]")


class WordingFault(StrEnum):
    """What can be wrong with words of the data."""

    COPIED = "copied from a document"
    NOT_THERE = "quantity not in the passage"


@dataclass(frozen=True)
class WordingCheck:
    """A text of the data at fault: whose it is, by which property, and how it is at fault."""

    subject: str
    property: str
    fault: WordingFault
    how: str


def copied(quads: Iterable[Quad | Triple], texts: Mapping[str, str]) -> Iterator[WordingCheck]:
    """Find the literals that hold eight words in the order in which a document has them.

    Words are compared without marks, capitals and punctuation. Scripts that are written without
    spaces have no words to count, and are not compared.

    Parameters
    ----------
    quads
        The data, as parsed.
    texts
        The documents' texts by their IRIs.
    """
    known = {iri: runs(same_words(text), COPIED_WORDS) for iri, text in texts.items()}
    for quad in quads:
        if not isinstance(quad.object, Literal) or quad.predicate in _MAY_QUOTE:
            continue
        words = same_words(quad.object.value)
        own = runs(words, COPIED_WORDS)
        for iri, theirs in known.items():
            if shared := len(own & theirs):
                yield WordingCheck(
                    str(quad.subject).strip("<>"),
                    quad.predicate.value,
                    WordingFault.COPIED,
                    f"{shared + COPIED_WORDS - 1} of its {len(words)} words, or more, stand so in "
                    f"<{iri}>: say it in your own words",
                )
                break


def unheard(
    quads: Iterable[Quad | Triple], quotations: Mapping[str, str | None]
) -> Iterator[WordingCheck]:
    """Find the claims whose words of quantity stand in none of their passages.

    Marks, capitals, composed letters and quotation marks make no difference. Claims with a passage
    that could not be read are left aside.

    Parameters
    ----------
    quads
        The data, as parsed.
    quotations
        The words of each passage by its IRI; None where its document is not held, or disagrees.
    """
    words: dict[str, list[str]] = defaultdict(list)
    passages: dict[str, list[str]] = defaultdict(list)
    for quad in quads:
        claim = str(quad.subject).strip("<>")
        if quad.predicate == TMN.verbatimQuantity and isinstance(quad.object, Literal):
            words[claim].append(quad.object.value)
        elif quad.predicate == TMN.passage and isinstance(quad.object, NamedNode):
            passages[claim].append(quad.object.value)
    for claim, quantities in sorted(words.items()):
        heard = [quotations.get(iri) for iri in passages[claim]]
        if not heard or None in heard:
            continue
        for quantity in sorted(set(quantities)):
            if not _stands(quantity, [text for text in heard if text is not None]):
                yield WordingCheck(
                    claim,
                    TMN.verbatimQuantity.value,
                    WordingFault.NOT_THERE,
                    f"the words {quantity!r} stand in none of its passages",
                )


def _stands(quantity: str, texts: Sequence[str]) -> bool:
    # Whole words: "ten" does not stand in "often".
    sought = same_words(quantity)
    for text in texts:
        words = same_words(text)
        if sought and any(
            words[at : at + len(sought)] == sought for at in range(len(words) - len(sought) + 1)
        ):
            return True
        if not sought and lookalikes(text, quantity):
            return True
        if _BROKEN.search(text) and normalized(quantity) in normalized(text):
            return True
    return False
