"""Messages of validation results: from ``sh:message``, a query, or the constraint itself.

The default message of each constraint is in its class, in `testimonia.shacl.components` or
`testimonia.shacl.model` (`Constraint.default_message`).

Source: SHACL, sections 2.1.5 (sh:message), 3.6.2.7 (sh:resultMessage) and 5.3.2 (placeholders).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode

from testimonia.shacl.data.dictionary import Term, text_of
from testimonia.shacl.model import Constraint, Shape

__all__ = ["fill_placeholders", "messages_of", "preferred", "query_message"]

_PLACEHOLDER = re.compile(r"\{[?$]([A-Za-z_][A-Za-z0-9_]*)\}")


def messages_of(shape: Shape, constraint: Constraint) -> tuple[Literal, ...]:
    """Return the messages of results that have none from a query: the shape's, or the default."""
    return shape.messages or (Literal(constraint.default_message()),)


def query_message(term: Term) -> Literal:
    """Return the message for the value of ``?message`` in a solution."""
    return term if isinstance(term, Literal) else Literal(_shown(term))


def fill_placeholders(message: Literal, bindings: Mapping[str, Term]) -> Literal:
    """Replace placeholders such as ``{?value}`` or ``{$this}`` with the values of the variables."""
    text = _PLACEHOLDER.sub(
        lambda found: _shown(bindings[found[1]]) if found[1] in bindings else found[0],
        message.value,
    )
    return Literal(text, language=message.language) if message.language else Literal(text)


def preferred(literals: Iterable[Literal]) -> str:
    """Return the English or untagged text, if there is one, otherwise the first in order."""
    ranked = sorted(
        literals, key=lambda text: (not (text.language or "en").startswith("en"), text.value)
    )
    return ranked[0].value if ranked else ""


def _shown(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else text_of(term)
