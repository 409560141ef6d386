"""What is added to a release once its data are written, in this order.

To add to every release, write a function that takes a `Release` and gives artefacts, and name it
here. Functions that list files come last, because they see those written before them.
"""

from __future__ import annotations

from typing import Final

from testimonia.publish.changes import changes
from testimonia.publish.citation import citation
from testimonia.publish.crate import crate
from testimonia.publish.dcat import dcat
from testimonia.publish.examples import examples
from testimonia.publish.ontology_page import ontology_page
from testimonia.publish.redirects import redirects
from testimonia.publish.release import ArtefactFunction
from testimonia.publish.service import service
from testimonia.publish.void import void

__all__ = ["ARTEFACTS"]

ARTEFACTS: Final[tuple[ArtefactFunction, ...]] = (
    changes,
    examples,
    ontology_page,
    citation,
    redirects,
    void,
    service,
    dcat,
    crate,
)
