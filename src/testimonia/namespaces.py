"""The namespaces and terms that Testimonia uses.

``TMN`` gives the terms of the ontology and refuses any other name, so that a misspelt term is an
error where it is written rather than a query that silently finds nothing.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

__all__ = [
    "CODE",
    "DCTERMS",
    "IDENTIFIER",
    "OA",
    "ONTOLOGY",
    "OWL",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "SH",
    "SKOS",
    "TERMS",
    "TMC",
    "TMN",
    "XSD",
    "Namespace",
    "expand",
    "shorten",
]

ONTOLOGY: Final = "https://w3id.org/testimonia/ns#"
CODE: Final = "https://w3id.org/testimonia/code/"
IDENTIFIER: Final = "https://w3id.org/testimonia/id/"

PREFIXES: Final[dict[str, str]] = {
    "tmn": ONTOLOGY,
    "tmc": CODE,
    "tmd": IDENTIFIER,
    "tmsh": "https://w3id.org/testimonia/shapes#",
    "claim": IDENTIFIER + "claim/",
    "prop": IDENTIFIER + "proposition/",
    "agent": IDENTIFIER + "agent/",
    "post": IDENTIFIER + "post/",
    "membership": IDENTIFIER + "membership/",
    "place": IDENTIFIER + "place/",
    "event": IDENTIFIER + "event/",
    "doc": IDENTIFIER + "document/",
    "group": IDENTIFIER + "group/",
    "bounds": IDENTIFIER + "bounds/",
    "policy": IDENTIFIER + "policy/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes known without declaration; IRIs are shortened with the longest namespace."""

# One word each: a list of strings would be as long as the ontology.
TERMS: Final[frozenset[str]] = frozenset(
    """
    AffiliationProposition Agent AnonymousClaim ArmedGroup Assessment CasualtyClaim
    CasualtyProposition Claim CommitmentProposition ConductProposition ConfirmingClaim
    ControlProposition CountProposition DamageProposition DetentionProposition Document
    DocumentVoice Event Exclusion Incident LinkProposition MediaOutlet MembershipProposition
    Monitor MotiveProposition NarratedClaim OccurrenceProposition OfficialBody OfficialClaim
    Organization Passage Person PersonGroup Place PlaceProposition Policy Post Proposition
    Record RelayingClaim ReliabilityProposition ResponsibilityProposition StateMedia
    StateMediaClaim TimeBounds TimeProposition UnnamedSource VictimGroup about
    acceptedLowerBound acceptedUpperBound acceptsFigure actor addsOrigin affiliatedWith
    affiliation affiliationKind against aggregates agreesWith alliedIn alongside
    alternativePerpetrator anyCategory asOf asStated assessedFigure assessedHarm assessedVictims
    assesses basis boundType callsIntoQuestion captured category certainty channel
    characterCount cites claimant claimedPlace claimedTime claimsAbout clarity closeTo
    comparableWith compatibleWith concededBy confidenceLevel confirmedBy confirmsFor
    conflictsWith controlledPlace controller correctionReason corrects countWindow countedAs
    counterparty countsOriginParty countsPartOf damageLevel damagedObject dateline deleted
    describedAs detainedBy detainees differsFrom disowns distanceAtLeast distanceAtMost
    distanceFrom doesNotUphold during edtf entails eventType excludedClaim exclusion
    exclusionReason facet figureStatus flag gloss grade harm headlineDigest inCapacityOf
    incompatibleWith independentOrigins independentOriginsAtMost informant informantsAsStated
    informationCredibility intervalAtLeast intervalAtMost judgement judges keyColumn knownAt
    latitude linkedEvent longitude lowerBound lowerShare mayBeOvertakenBy memberOf minPersons
    namedVictim narrowerThan nationality noClaimReason notAfter notBefore occurred onBehalfOf
    onlyNarratedBy openAbove openBelow opposedBy origin originParty otherThan
    othersLossConfirmedBy overtakenBy ownLossConfirmedBy partOf partsAddUp party passage
    passageDigest perpetrator place placePrecision pointEstimate post proposition published
    record recordKey recordOf refines relays reportsClaim resolution responsibilityClaimedBy
    revises revisesDown revisesUp role saysLessThan servesQuestion setAside sha256 since
    sourceKind sourceReliability speaker stance standardOfProof statedAt statedIn subsetOf
    suggestedBy supersededBy tiedTo timePrecision timeZone towards underPolicy unnamedReason
    upheldBy upperBound upperShare verbatimQuantity victims voice voiceOf weapon withdrawnBy
    within anchorDigest anchorLength captureDigest offsetInWider widerDigest widerLength
    """.split()  # noqa: SIM905
)
"""Local names of all terms declared in the ontology."""


class _Ontology:
    """The terms of the ontology, as attributes or items."""

    def __getattr__(self, name: str) -> NamedNode:
        if name not in TERMS:
            raise AttributeError(f"the ontology declares no term tmn:{name}")
        return NamedNode(ONTOLOGY + name)

    def __getitem__(self, name: str) -> NamedNode:
        return getattr(self, name)  # type: ignore[no-any-return]

    def __dir__(self) -> list[str]:
        return sorted(TERMS)


class Namespace:
    """The terms of a vocabulary, as items, or as attributes where the name allows it.

    Parameters
    ----------
    prefix
        Its prefix in `PREFIXES`.

    Examples
    --------
    >>> RDFS.label.value, TMC["not-official"].value
    ('http://www.w3.org/2000/01/rdf-schema#label', 'https://w3id.org/testimonia/code/not-official')
    """

    def __init__(self, prefix: str) -> None:
        self._start = PREFIXES[prefix]

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self._start + name)

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("_"):
            raise AttributeError(name)
        return NamedNode(self._start + name)


TMN: Final = _Ontology()
TMC: Final = Namespace("tmc")
DCTERMS: Final = Namespace("dcterms")
OA: Final = Namespace("oa")
OWL: Final = Namespace("owl")
PROV: Final = Namespace("prov")
RDF: Final = Namespace("rdf")
RDFS: Final = Namespace("rdfs")
SH: Final = Namespace("sh")
SKOS: Final = Namespace("skos")
XSD: Final = Namespace("xsd")


def expand(curie: str) -> str | None:
    """Expand a CURIE to an IRI.

    Parameters
    ----------
    curie
        A known prefix, a colon and a local name, such as ``tmc:killed``.

    Returns
    -------
    str or None
        The IRI, or None if the part before the colon is not a known prefix.

    Examples
    --------
    >>> expand("tmc:killed")
    'https://w3id.org/testimonia/code/killed'
    """
    prefix, colon, local = curie.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else None


def shorten(iri: str) -> str:
    """Shorten an IRI to a CURIE if it has a known prefix, otherwise return it as it is.

    Parameters
    ----------
    iri
        An absolute IRI.

    Examples
    --------
    >>> shorten("https://w3id.org/testimonia/id/event/palmyra-attack")
    'event:palmyra-attack'
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
