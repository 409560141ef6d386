"""The incidents that reports are about, for the home page: when, how many reports and claims, and who was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import TMC, TMN
from testimonia.pages.addresses import href, path_of
from testimonia.pages.figure_matrix import figure_rows
from testimonia.pages.incident_claims import read_incident, time_bounds
from testimonia.pages.incident_summary import tolls
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.written_dates import days_in_words
from testimonia.query.store import Store

__all__ = ["HomeIncident", "described_incidents"]

_REPORTS: Final = """
SELECT ?document ?incident (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?claim tmn:statedIn ?document ; tmn:proposition/tmn:about ?incident . ?incident a tmn:Incident
} GROUP BY ?document ?incident"""
_MOST: Final = 12
_SEVERAL: Final = 2
_MOST_CLAIMS: Final = 2_000  # of an incident whose figures are compared for the home page


@dataclass(frozen=True, slots=True)
class HomeIncident:
    """An incident on the home page.

    Attributes
    ----------
    iri, label, href
        The incident, its name, and the address of its page from the root of the site.
    when
        The days on which it happened.
    reports, claims
        How many reports state claims about it, and how many claims.
    killed
        The range of the people killed that its page shows first; empty where nothing is accepted.
    """

    iri: str
    label: str
    href: str
    when: str
    reports: int
    claims: int
    killed: str


def described_incidents(store: Store, languages: Sequence[str] = ()) -> list[HomeIncident]:
    """List the incidents that several reports are mainly about, those with most claims first.

    A report is mainly about the incident that most of its claims are about. Where no incident has several
    reports, those with one are listed.

    Parameters
    ----------
    store
        The store, with its derived facts and assessments.
    languages
        Language tags, the most preferred first.
    """
    reader = NodeReader(store, languages)
    claims: Counter[NamedNode] = Counter()
    reports: Counter[NamedNode] = Counter()
    mainly: dict[object, tuple[int, str]] = {}
    for row in store.solutions(_REPORTS, {}):
        document, incident, number = row["document"], row["incident"], row["claims"]
        if not isinstance(incident, NamedNode) or not isinstance(number, Literal):
            continue
        claims[incident] += int(number.value)
        reports[incident] += 1
        best = (int(number.value), incident.value)
        mainly[document] = max(mainly.get(document, (0, "")), best)
    main = Counter(incident for _, incident in mainly.values())
    least = _SEVERAL if any(number >= _SEVERAL for number in main.values()) else 1
    found = [node for node in claims if main[node.value] >= least]
    found.sort(key=lambda node: (-claims[node], node.value))
    return [_listed(reader, node, reports[node], claims[node]) for node in found[:_MOST]]


def _listed(reader: NodeReader, node: NamedNode, reports: int, claims: int) -> HomeIncident:
    at = reader.node(node, TMN.occurred)
    return HomeIncident(
        node.value,
        reader.name(node),
        href("", path_of(node.value)),
        days_in_words(time_bounds(reader, at)) if at is not None else "",
        reports,
        claims,
        _killed(reader, node) if claims <= _MOST_CLAIMS else "",
    )


def _killed(reader: NodeReader, node: NamedNode) -> str:
    incident = read_incident(reader, node)
    rows = [row for row in figure_rows(incident) if row.harm == TMC.killed]
    found = tolls(incident, rows)
    if not found:
        return ""
    others = " and other groups" if len(found) > 1 else ""
    return f"{found[0].figure} ({found[0].victims.text}){others}"
