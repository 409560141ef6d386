"""Puts local copies of contexts where a JSON-LD document names them by IRI: nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place

__all__ = ["Copies", "substituted"]

Copies = Mapping[str, str | Path]
"""Files that hold contexts, by IRI."""

# A key: within a string, one of the two quotation marks would stand behind a backslash.
_KEY: Final = re.compile(r'(?<!\\)"@context"\s*:\s*')
_MOST: Final = 100  # contexts that name one another in a circle never end


def substituted(text: str, copies: Copies) -> str:
    """Put copies of contexts in place of their IRIs.

    Parameters
    ----------
    text
        A JSON-LD document.
    copies
        Files that hold contexts, by IRI. IRIs that have none are left.

    Raises
    ------
    InputError
        A copy cannot be read, holds no context, or names itself.
    """
    if not copies:
        return text
    read: dict[str, Any] = {}
    for key in reversed(list(_KEY.finditer(text))):
        context, end = json.JSONDecoder().raw_decode(text, key.end())
        if isinstance(context, str | list):
            written = json.dumps(_resolved(context, copies, read, 0), ensure_ascii=False)
            text = text[: key.end()] + written + text[end:]
    return text


def _resolved(context: Any, copies: Copies, read: dict[str, Any], depth: int) -> list[Any]:
    found: list[Any] = []
    for each in context if isinstance(context, list) else [context]:
        if not isinstance(each, str) or each not in copies:
            found.append(each)
            continue
        if depth > _MOST:
            raise InputError(
                f"the copy of the context {each} names itself",
                place=Place(copies[each]),
                hint="Write the contexts that it names into it.",
            )
        if each not in read:
            read[each] = _copy(Path(copies[each]))
        found += _resolved(read[each], copies, read, depth + 1)
    return found


def _copy(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))["@context"]
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, RecursionError) as error:
        reason = f"no JSON: {error}"
    except (KeyError, TypeError):
        reason = "it has no @context"
    raise InputError(
        f"this copy of a context cannot be used ({reason})",
        place=Place(path),
        hint="Give a JSON-LD file with an @context at its top.",
    )
