"""Finds which sentences of the reports have no claim."""

from __future__ import annotations

from pathlib import Path

from testimonia import passages
from testimonia.errors import InputError, Place
from testimonia.notes.building import Built
from testimonia.passages.covering import Coverage
from testimonia.passages.holdings import Held

__all__ = ["noted_sentences"]


def noted_sentences(built: Built) -> Coverage:
    """Find the claims of each sentence, in every report whose text is available.

    Parameters
    ----------
    built
        Notes without faults.

    Raises
    ------
    InputError
        None of the notes gives the file with the text of its document.
    """
    texts = [page.text for page in built.pages if page.text is not None]
    if not texts:
        place = Place(built.pages[0].path) if built.pages else None
        raise InputError(
            "these notes do not name the file with the text",
            place=place,
            hint="Write text: FILE under document:.",
        )
    digests = {text.sha256: text.path for text in texts}
    held = Held(Path(texts[0].path).parent, digests)
    return passages.coverage(passages.check(built.quads(), held))
