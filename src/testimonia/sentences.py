"""Splits plain text into sentences, as spans of Unicode code points."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["split"]

Span = tuple[int, int]

# Sentence_Break=STerm but "!" and "?", which the Latin script shares. Source: Unicode 14.0,
# SentenceBreakProperty.txt (UAX #29), and what 15.0 and 16.0 added (Kawi, Tulu-Tigalari, Kirat Rai).
_TERMINALS = (
    "\u0589\u061d-\u061f\u06d4\u0700-\u0702\u07f9\u0837\u0839\u083d\u083e\u0964\u0965\u104a\u104b"
    "\u1362\u1367\u1368\u166e\u1735\u1736\u1803\u1809\u1944\u1945\u1aa8-\u1aab\u1b5a\u1b5b\u1b5e\u1b5f"
    "\u1b7d\u1b7e\u1c3b\u1c3c\u1c7e\u1c7f\u203c\u203d\u2047-\u2049\u2e2e\u2e3c\u2e53\u2e54\u3002\ua4ff"
    "\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d-\uaa5f\uaaf0\uaaf1\uabeb"
    "\ufe56\ufe57\uff01\uff1f\uff61\U00010a56\U00010a57\U00010f55-\U00010f59\U00010f86-\U00010f89"
    "\U00011047\U00011048\U000110be-\U000110c1\U00011141-\U00011143\U000111c5\U000111c6\U000111cd"
    "\U000111de\U000111df\U00011238\U00011239\U0001123b\U0001123c\U000112a9\U000113d4\U000113d5"
    "\U0001144b\U0001144c\U000115c2\U000115c3\U000115c9-\U000115d7\U00011641\U00011642"
    "\U0001173c-\U0001173e\U00011944\U00011946\U00011a42\U00011a43\U00011a9b\U00011a9c\U00011c41"
    "\U00011c42\U00011ef7\U00011ef8\U00011f43\U00011f44\U00016a6e\U00016a6f\U00016af5\U00016b37"
    "\U00016b38\U00016b44\U00016d6e\U00016d6f\U00016e98\U0001bc9f\U0001da88"
)
_FULL_WIDTH_STOP = "\uff0e"  # between figures it is a decimal point
_CLOSING_QUOTES = "\"'”’»›」』｣"  # noqa: RUF001
_CLOSING = rf"{_CLOSING_QUOTES})\]}}〉》】〕）］｝"  # noqa: RUF001
_OPENING = "\"'“‘„‚«‹([{「『｢〈《【〔（［｛¿¡"  # noqa: RUF001

_PARAGRAPH = re.compile(r"[^\r\n\x85\u2028\u2029]+")
_QUOTATION = re.compile(r"„[^“”]*[“”]|“[^”]*”|«[^»]*»|\"[^\"]*\"|「[^」]*」|『[^』]*』|｢[^｣]*｣")
_END = re.compile(
    rf"(?P<marks>[.!?…{_FULL_WIDTH_STOP}{_TERMINALS}]+)"
    # French has a space within its quotation marks; German opens with what others close with.
    rf"(?P<closed>(?:[ \u00a0\u202f]?»(?!\w)|[{_CLOSING}]|[“«](?=\s))*)"
    rf"(?=(?P<gap>\s*)(?:« |»(?=\w)|[{re.escape(_OPENING)}\u00a0\u202f])*(?P<next>\w))"
)
_LAST_WORD = re.compile(r"[^\s\"'“‘«(\[—–「『（]*\Z")  # noqa: RUF001
_LATIN_MARKS = frozenset(".!?…")

# Abbreviations that are followed by a full stop within a sentence, here without it.
_TITLES = frozenset(
    """
    Mr Mrs Ms Mx Dr Prof Messrs Jr Sr Hon Rev Fr Amb Sec Pres Gov Sen
    Gen Brig Maj Lt Col Cmdr Cdr Cpt Capt Adm Sgt Cpl Pvt Spc Insp Supt
    """.split()  # noqa: SIM905
)
_ABBREVIATIONS = _TITLES | frozenset(
    """
    St Min Rep
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    No Nos Vol Fig pp p ca c cf vs v approx est al etc e.g i.e a.m p.m Inc Ltd Co Corp Bros
    Ave Blvd Rd Ft Mt Dept Univ Govt
    MM Mme Mlle Mgr Sra Srta Dra Gral Cnel Tte Lic Avda pág núm EE.UU FF.AA Nr bzw
    гг ул им обл тыс млн млрд руб проф акад ген полк стр др просп вул смт
    """.split()  # noqa: RUF001, SIM905
)
_INITIALS = re.compile(r"(?:\w\.)*[^\W\d_]\Z")  # J, U.S, J.R.R


def split(text: str) -> list[Span]:
    r"""Split a text into sentences.

    A line break ends a paragraph, and a paragraph ends a sentence: headings, place lines and
    dates that stand on a line of their own are sentences. Inside a paragraph a sentence ends at
    ``.``, ``!``, ``?`` or ``…`` with the closing quotation marks and brackets that follow, when
    white space and then a letter that is not lower-case or a digit come next (opening quotation
    marks and brackets between them are allowed). The marks that end sentences in other scripts
    (UAX #29, ``STerm``: ``؟ 。 ।`` and so on) need no white space behind them. Abbreviations,
    initials and a full stop inside a quotation that goes on do not end one; nor does a quotation
    with which the sentence begins and after which it goes on without a space, as in Chinese.

    Limitations: a sentence that ends in an abbreviation or an initial is joined with the next one; a
    sentence that begins with a lower-case letter is joined with the one before; two whole
    sentences within one pair of quotation marks are one span; a quotation that is not closed
    within its paragraph has no effect; Thai and Lao, which put no mark at the end of a
    sentence, are split at line breaks only, and wrapped lines are taken for paragraphs. Joining
    makes the coverage check stricter, never laxer: every letter of the longer span must be covered.

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
        if not _begins(candidate):
            continue
        if any(
            opened < candidate.start() and candidate.end() < closed for opened, closed in quotations
        ):
            continue
        if candidate[0].startswith(".") and _carries_full_stop(
            paragraph[begin : candidate.start()]
        ):
            continue
        if _goes_on(candidate, paragraph, begin, quotations):
            continue
        yield _trimmed(text, start + begin, start + candidate.end())
        begin = candidate.end()
    yield _trimmed(text, start + begin, end)


def _begins(candidate: re.Match[str]) -> bool:
    """Check whether the text after a mark can begin a sentence."""
    follower, gap = candidate["next"], candidate["gap"]
    if follower.islower() and not _georgian(follower):
        return False
    if _LATIN_MARKS.issuperset(candidate["marks"]):
        return bool(gap)
    return bool(gap) or not (candidate["marks"] == _FULL_WIDTH_STOP and follower.isdigit())


def _georgian(letter: str) -> bool:
    # Georgian has capitals since Unicode 11, but does not begin sentences with them.
    return "\u10d0" <= letter <= "\u10ff"


def _goes_on(candidate: re.Match[str], paragraph: str, begin: int, quotations: list[Span]) -> bool:
    """Check whether a sentence continues after a quotation that no space follows.

    It does not where a colon or the like introduces the quotation, which is then what was said.
    """
    if candidate["gap"] or not candidate["closed"].endswith(tuple(_CLOSING_QUOTES)):
        return False
    opened = next((first for first, last in quotations if last == candidate.end()), None)
    if opened is None:
        return False
    before = paragraph[begin:opened].rstrip()
    return not before or before[-1].isalnum()


def _carries_full_stop(before: str) -> bool:
    match = _LAST_WORD.search(before)
    assert match is not None  # noqa: S101 - the pattern matches the empty word too
    word = match[0]
    if not word.isascii():
        word = word.lower()  # as "Полк." at the beginning of a sentence
    if word in _ABBREVIATIONS or _INITIALS.match(word):
        return True
    return word.isupper() and word.capitalize() in _TITLES  # telegrams


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
