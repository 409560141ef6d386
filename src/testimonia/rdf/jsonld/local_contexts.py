"""Replaces references to remote JSON-LD contexts by local copies, since nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from testimonia.errors import InputError, Place

__all__ = ["Copies", "substituted"]

Copies = Mapping[str, str | Path]
"""Files with contexts, by IRI."""

# Matches only keys: within a string, the quotation marks would be escaped.
_KEY: Final = re.compile(r'(?<!\\)"@context"\s*:\s*')
_MOST: Final = 100  # levels; contexts may refer to each other in a cycle


def substituted(text: str, copies: Copies) -> str:
    """Replace the IRIs of contexts by local copies.

    Parameters
    ----------
    text
        A JSON-LD document.
    copies
        Files with contexts, by IRI. Other IRIs are left as they are.

    Raises
    ------
    InputError
        A copy cannot be read, has no context, or refers to itself.
    """
    if not copies:
        return text
    read: dict[str, Any] = {}
    for key in reversed(list(_KEY.finditer(text))):
        context, end = json.JSONDecoder().raw_decode(text, key.end())
        resolved = _resolved(context, copies, read, 0)
        if resolved not in (context, [context]):
            written = json.dumps(resolved, ensure_ascii=False)
            text = text[: key.end()] + written + text[end:]
    return text


def _resolved(context: Any, copies: Copies, read: dict[str, Any], depth: int) -> list[Any]:
    found: list[Any] = []
    for each in context if isinstance(context, list) else [context]:
        if isinstance(each, dict):
            found.append(_within(each, copies, read, depth))
        elif isinstance(each, str) and each in copies:
            found += _resolved(_read(each, copies, read, depth), copies, read, depth + 1)
        else:
            found.append(each)
    return found


def _within(local: dict[str, Any], copies: Copies, read: dict[str, Any], depth: int) -> Any:
    """Replace what a context imports, and the scoped contexts of its terms."""
    imported = local.get("@import")
    if isinstance(imported, str) and imported in copies:
        source = _read(imported, copies, read, depth)
        if not isinstance(source, dict):
            raise InputError(
                f"the copy of the context {imported} is imported, and so must be an object",
                place=Place(copies[imported]),
                hint="Use an array of contexts instead of @import.",
            )
        local = {**_within(source, copies, read, depth + 1), **local}
        del local["@import"]
    return {
        name: {**term, "@context": _resolved(term["@context"], copies, read, depth)}
        if isinstance(term, dict) and "@context" in term
        else term
        for name, term in local.items()
    }


def _read(iri: str, copies: Copies, read: dict[str, Any], depth: int) -> Any:
    if depth > _MOST:
        raise InputError(
            f"the copy of the context {iri} refers to itself",
            place=Place(copies[iri]),
            hint="Include the contexts that it refers to in the copy.",
        )
    if iri not in read:
        read[iri] = _copy(Path(copies[iri]))
    return read[iri]


def _copy(path: Path) -> Any:
    try:
        context = json.loads(path.read_text("utf-8-sig"))["@context"]
        json.dumps(context, ensure_ascii=False).encode()  # fails for a lone surrogate
        return context
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, RecursionError) as error:
        reason = f"not JSON: {error}"
    except (KeyError, TypeError):
        reason = "it has no @context"
    raise InputError(
        f"this copy of a context cannot be used ({reason})",
        place=Place(path),
        hint="Give a JSON-LD file with @context at the top level.",
    )
