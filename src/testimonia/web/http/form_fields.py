"""A fast parser of URL-encoded fields (WHATWG URL Standard, application/x-www-form-urlencoded).

`urllib.parse` decodes escapes one by one in Python, which takes a second for the largest request allowed
and blocks the event loop. Here each step is a single call into C.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

__all__ = ["TooManyFields", "parse_fields"]

_BARE_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")

_MAX_BARE_PERCENT: Final = 1000


class TooManyFields(ValueError):
    """More fields or bare percent signs than allowed; the message says which."""


def parse_fields(content: bytes, most: int) -> list[tuple[str, str]]:
    """Parse names and values, in order.

    Parameters
    ----------
    content
        The body of a form, or the query string of a URL.
    most
        Maximum number of fields.

    Raises
    ------
    TooManyFields
        There are more fields, or too many percent signs that do not begin an escape.
    UnicodeDecodeError
        The content is not percent-encoded UTF-8.

    Examples
    --------
    >>> parse_fields(b"query=ASK+%7B%7D&a", 10)
    [('query', 'ASK {}'), ('a', '')]
    """
    content.decode("ascii")
    if content.count(b"&") >= most:
        raise TooManyFields(f"more than {most} parameters")
    pairs = (part.partition(b"=") for part in content.split(b"&") if part)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: bytes) -> str:
    text = text.replace(b"+", b" ")
    if b"%" in text:
        # Decoded as quoted-printable (MIME), whose escapes differ only in beginning with an equals sign.
        text, bare = _BARE_PERCENT.subn(b"%25", text, _MAX_BARE_PERCENT + 1)
        if bare > _MAX_BARE_PERCENT:
            raise TooManyFields(
                f"more than {_MAX_BARE_PERCENT} percent signs that do not begin an escape"
            )
        text = text.replace(b"=", b"%3D").replace(b"%", b"=")
        text = binascii.a2b_qp(text)
    return text.decode("utf-8")
