"""Sentences of a plain text, as spans of Unicode code points."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["split"]

Span = tuple[int, int]

_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")
_QUOTATION = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*(?P<next>\w))")  # noqa: RUF001
_LAST_WORD = re.compile(r"[^\s\"'“‘«(\[—–]*\Z")  # noqa: RUF001

# Words that carry their full stop inside a sentence, without it.
_ABBREVIATIONS = frozenset(
    """
    Mr Mrs Ms Mx Dr Prof St Messrs Jr Sr Hon Rev Fr Amb Sec Min Pres Gov Sen Rep
    Gen Brig Maj Lt Col Cmdr Cdr Cpt Capt Adm Sgt Cpl Pvt Spc Insp Supt
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    No Nos Vol Fig pp p ca c cf vs v approx est al etc e.g i.e a.m p.m Inc Ltd Co Corp Bros
    Ave Blvd Rd Ft Mt Dept Univ Govt
    """.split()  # noqa: SIM905
)
_INITIALS = re.compile(r"(?:\w\.)*[^\W\d_]\Z")  # J, U.S, J.R.R


def split(text: str) -> list[Span]:
    r"""Split a text into sentences.

    A line break ends a paragraph, and a paragraph ends a sentence: headings, place lines and
    dates that stand on a line of their own are sentences. Inside a paragraph a sentence ends at
    ``.``, ``!``, ``?`` or ``…`` with the closing quotation marks and brackets that follow, when
    white space and then an upper-case letter or a digit come next (opening quotation marks and
    brackets between them are allowed). Abbreviations, initials and a full stop inside a quotation
    that goes on do not end one.

    Limits: a sentence that ends in an abbreviation or an initial is joined with the next one; a
    sentence that begins with a lower-case letter is joined with the one before; two whole
    sentences within one pair of quotation marks are one span; a quotation that is not closed
    within its paragraph protects nothing. Joining makes the coverage check stricter, never
    laxer: every letter of the longer span must be covered.

    Parameters
    ----------
    text
        The text; positions count its Unicode code points from 0.

    Returns
    -------
    list of (int, int)
        Start and end (exclusive) of each sentence, without white space at either end, in order.
        Spans without any letter or digit are left out.

    Examples
    --------
    >>> text = "TOWN\nMr. Ash left at 5 a.m. on Nov. 3. \"It rained. We stayed,\" he said."
    >>> [text[start:end] for start, end in split(text)]
    ['TOWN', 'Mr. Ash left at 5 a.m. on Nov. 3.', '"It rained. We stayed," he said.']
    """
    return [
        span
        for paragraph in _PARAGRAPH.finditer(text)
        for span in _sentences(text, *paragraph.span())
        if any(map(str.isalnum, text[slice(*span)]))
    ]


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    paragraph = text[start:end]
    quotations = [quotation.span() for quotation in _QUOTATION.finditer(paragraph)]
    begin = 0
    for candidate in _END.finditer(paragraph):
        follower = candidate["next"]
        if not (follower.isupper() or follower.isdigit()):
            continue
        if any(
            opened < candidate.start() and candidate.end() < closed for opened, closed in quotations
        ):
            continue
        if candidate[0].startswith(".") and _carries_full_stop(
            paragraph[begin : candidate.start()]
        ):
            continue
        yield _trimmed(text, start + begin, start + candidate.end())
        begin = candidate.end()
    yield _trimmed(text, start + begin, end)


def _carries_full_stop(before: str) -> bool:
    word = _LAST_WORD.search(before)
    assert word is not None  # noqa: S101 - the pattern matches the empty word too
    return word[0] in _ABBREVIATIONS or bool(_INITIALS.match(word[0]))


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
