"""What is added to a release once its data are written, in this order.

To add to every release, write a function that takes a `Release` and gives artefacts, and name it
here. Functions that list files come last, because they see those written before them.
"""

from __future__ import annotations

from typing import Final

from testimonia.publish.release import ArtefactFunction

__all__ = ["ARTEFACTS"]

ARTEFACTS: Final[tuple[ArtefactFunction, ...]] = ()
