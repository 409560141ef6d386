"""Compares texts in the data with the documents: finds copied text, and quantities that do not occur in passages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.namespaces import DCTERMS, PREFIXES, TMN
from testimonia.passages.normal_form import normalized
from testimonia.passages.wording import lookalikes, runs, same_words

__all__ = ["COPIED_WORDS", "WordingCheck", "WordingFault", "copied", "unheard"]

COPIED_WORDS = 8
"""This many words in the same order count as copied; fewer may be the usual way to state a fact."""

# Properties that may contain words of the document: wordings of times and quantities, and names.
_MAY_QUOTE = frozenset(
    (
        TMN.verbatimQuantity,
        TMN.asStated,
        TMN.dateline,
        DCTERMS.title,
    )
)


# Publishers make addresses of headlines.
_ADDRESS = NamedNode(PREFIXES["xsd"] + "anyURI")

# A word that is, or may be, hyphenated at the end of a line.
_BROKEN = re.compile("\u00ad|-\\s*[\r\n]")


class WordingFault(StrEnum):
    """What can be wrong with a text in the data."""

    COPIED = "copied from a document"
    NOT_THERE = "quantity not in the passage"


@dataclass(frozen=True)
class WordingCheck:
    """A faulty text in the data: its subject and property, and what is wrong."""

    subject: str
    property: str
    fault: WordingFault
    how: str


def copied(quads: Iterable[Quad | Triple], texts: Mapping[str, str]) -> Iterator[WordingCheck]:
    """Find literals that contain eight words in the same order as a document.

    Words are compared without accents, case and punctuation. Text in scripts without spaces between
    words is not compared.

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
        if quad.object.datatype == _ADDRESS:
            continue
        words = same_words(quad.object.value)
        own = runs(words, COPIED_WORDS)
        for iri, theirs in known.items():
            if shared := len(own & theirs):
                yield WordingCheck(
                    str(quad.subject).strip("<>"),
                    quad.predicate.value,
                    WordingFault.COPIED,
                    f"{shared + COPIED_WORDS - 1} of its {len(words)} words, or more, occur in this order in "
                    f"<{iri}>: use your own words",
                )
                break


def unheard(
    quads: Iterable[Quad | Triple], quotations: Mapping[str, str | None]
) -> Iterator[WordingCheck]:
    """Find the claims whose wording of a quantity does not occur in any of their passages.

    Accents, case, composition of letters and quotation marks make no difference. Claims with a passage
    that could not be read are skipped.

    Parameters
    ----------
    quads
        The data, as parsed.
    quotations
        The words of each passage by its IRI; None if its document is not available, or differs.
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
            if not _occurs(quantity, [text for text in heard if text is not None]):
                yield WordingCheck(
                    claim,
                    TMN.verbatimQuantity.value,
                    WordingFault.NOT_THERE,
                    f"the words {quantity!r} do not occur in any of its passages",
                )


def _occurs(quantity: str, texts: Sequence[str]) -> bool:
    # Whole words: "ten" does not occur in "often".
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
