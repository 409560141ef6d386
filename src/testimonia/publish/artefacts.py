"""What is added to a release once its data are written, in this order.

To add files to every release, write a function that takes a `Release` and yields artefacts, and list it
here. Functions that list files come last, because they see only files that are written already.
"""

from __future__ import annotations

from typing import Final

from testimonia.publish.data.claim_tables import claim_tables
from testimonia.publish.descriptions.changes import changes
from testimonia.publish.descriptions.citation import citation
from testimonia.publish.descriptions.crate import crate
from testimonia.publish.descriptions.dcat import dcat
from testimonia.publish.descriptions.examples import examples
from testimonia.publish.descriptions.ontology_page import ontology_page
from testimonia.publish.descriptions.redirects import redirects
from testimonia.publish.descriptions.service import service
from testimonia.publish.descriptions.void import void
from testimonia.publish.folder.release import ArtefactFunction
from testimonia.publish.projections.nanopublications import nanopublications
from testimonia.publish.projections.reification import claims_in_rdf12

__all__ = ["ARTEFACTS", "PROJECTIONS"]

PROJECTIONS: Final[tuple[ArtefactFunction, ...]] = (
    claims_in_rdf12,
    nanopublications,
    claim_tables,
)
"""The claims in other models and as tables; made first, and optional."""

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
