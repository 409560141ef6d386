"""Renders the page of any thing: the view of its kind, in the template of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from testimonia.catalogue import resources
from testimonia.catalogue.lookup import Names
from testimonia.catalogue.rules import Rule, read_rules
from testimonia.derivation.proofs import Prover, predicate_of
from testimonia.namespaces import OA, ONTOLOGY, PREFIXES, TMN
from testimonia.pages.addresses import href, path_of
from testimonia.pages.assessment_view import SHOWN, assessment_view
from testimonia.pages.bounded_description import described
from testimonia.pages.claim_view import claim_view, consequences, place_of
from testimonia.pages.disputes import Explain, conflict_reason
from testimonia.pages.editor_terms import editor_terms
from testimonia.pages.incident_view import incident_view
from testimonia.pages.label_files import label_file
from testimonia.pages.licence_notice import Notice
from testimonia.pages.locator_map import load_outlines, locator_map
from testimonia.pages.node_reader import Known, Link, NodeReader
from testimonia.pages.passage_list import claims_at, passages_of
from testimonia.pages.rendering import render
from testimonia.pages.report_line import report_of
from testimonia.pages.said_by import said_by
from testimonia.pages.search_index import browsed, search_index
from testimonia.pages.thing_kinds import kind_of
from testimonia.pages.thing_view import facts, labels, references
from testimonia.pages.vocabulary_index import code_lists, terms
from testimonia.query.graph_names import ONTOLOGY_GRAPH
from testimonia.query.graph_results import GraphResult
from testimonia.query.store import Store

__all__ = ["TWINS", "PageRenderer"]

TWINS: Final[Mapping[str, RdfFormat]] = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
}
"""The formats in which every page has a twin, by suffix."""

_ONTOLOGY: Final = NamedNode(ONTOLOGY.removesuffix("#"))
_INCIDENTS: Final = """
SELECT ?incident (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?incident a tmn:Incident . OPTIONAL { ?claim tmn:proposition/tmn:about ?incident }
} GROUP BY ?incident ORDER BY DESC(?claims) ?incident"""
_MOST_LANGUAGES: Final = 8
_MOST_SENTENCES: Final = 20_000
# Of these a reader asks why; of the others, the rule says enough.
_EXPLAINED: Final = (
    TMN.conflictsWith,
    TMN.callsIntoQuestion,
    TMN.revises,
    TMN.supersededBy,
    TMN.withdrawnBy,
    TMN.incompatibleWith,
    TMN.confirmedBy,
    TMN.concededBy,
    TMN.opposedBy,
    TMN.doesNotUphold,
    TMN.origin,
)

_COUNTED: Final = [NamedNode(f"http://rdfs.org/ns/void#{name}") for name in ("class", "property")]
"""How a served store refers to terms when it says how often it uses them."""


@dataclass(frozen=True)
class PageRenderer:
    """Renders the pages of the things in a store.

    Make it before the process loses the right to open files: `prepare` reads what it needs.

    Parameters
    ----------
    store
        The store, with its derived facts.
    notice
        What every page says of the data.
    quotations
        The words of passages, by IRI; empty where nobody has the texts of the documents.
    """

    store: Store
    notice: Notice = field(default_factory=Notice)
    quotations: Mapping[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Read the files that pages need: rules and outlines."""
        _ = self._prover, self._derived
        load_outlines()

    @cached_property
    def _rules(self) -> list[Rule]:
        return read_rules(resources.rules())

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self.store, self._rules, Names(self.store).label)

    @cached_property
    def _sentences(self) -> dict[Triple, str]:
        return {}

    @cached_property
    def _derived(self) -> dict[NamedNode, tuple[str, ...]]:
        """The derived properties, each with the names of its rules."""
        found: dict[NamedNode, tuple[str, ...]] = {}
        for rule in self._rules:
            property_ = predicate_of(rule)
            found[property_] = (*found.get(property_, ()), rule.name)
        return found

    def _known_in(self, languages: Sequence[str]) -> Known:
        """Return the names that pages in some languages share; of a few languages only."""
        if len(self._known) > _MOST_LANGUAGES:
            self._known.clear()
        return self._known.setdefault(tuple(languages), {})

    @cached_property
    def _known(self) -> dict[tuple[str, ...], Known]:
        return {}

    def why(self, fact: Triple) -> str:
        """Return why a derived fact is true, in a sentence; an empty text if no rule derives it."""
        found = self._sentences.get(fact)
        if found is None:
            if len(self._sentences) == _MOST_SENTENCES:
                self._sentences.clear()
            found = self._sentences[fact] = self._prover.sentence(fact) or ""
        return found

    def knows(self, iri: str) -> bool:
        """Check whether anything is stated about an IRI, or refers to it below the project's names."""
        try:
            node = NamedNode(iri)
        except ValueError:
            return False
        return node == _ONTOLOGY or any(True for _ in self.store.outgoing(node))

    def address(self, iri: str) -> str:
        """Return the address of the page of an IRI from the root of the site, or an empty text."""
        return f"/{href('', path_of(iri))}" if self.knows(iri) else ""

    def page(self, iri: str, languages: Sequence[str] = ()) -> str | None:
        """Render the page of a thing.

        Parameters
        ----------
        iri
            Its IRI.
        languages
            Language tags, the most preferred first.

        Returns
        -------
        str or None
            The page as HTML; None if nothing is stated about it.
        """
        if not self.knows(iri):
            return None
        node = NamedNode(iri)
        path = path_of(iri)
        reader = NodeReader(self.store, languages, path, self._known_in(languages))
        kind = "ontology" if node == _ONTOLOGY else kind_of(reader, node)
        template, values = _KINDS.get(kind, _thing)(self, reader, node)
        last = path.rpartition("/")[2]
        shared = {
            "up": reader.home,
            "this": reader.link(node),
            "kind": kind,
            "notice": self.notice,
            "twins": [(name, f"{last}.{name}") for name in TWINS],
        }
        return render(template, **shared | values)

    def search_page(self, languages: Sequence[str] = ()) -> str:
        """Render the page of the search, which also lists what can be browsed."""
        reader = NodeReader(self.store, languages)
        return render("search.html", up="", browsed=browsed(reader))

    def search_index(self) -> bytes:
        """Return the index of the search."""
        return search_index(NodeReader(self.store))

    def editor_terms(self) -> bytes:
        """Return the terms that the SPARQL editor completes."""
        return editor_terms(self.store)

    def label_file(self, language: str) -> bytes:
        """Return the names of things in one of `testimonia.pages.label_files.LANGUAGES`."""
        return label_file(self.store, language)

    def description(self, iri: str) -> list[Triple]:
        """Return what is stated about a thing, with its claims; empty if nothing is."""
        if not self.knows(iri):
            return []
        node = NamedNode(iri)
        if node == _ONTOLOGY:
            return list(self.store.statements(ONTOLOGY_GRAPH))
        return described(self.store, node)

    def incidents(self, languages: Sequence[str] = ()) -> list[tuple[Link, int]]:
        """List the incidents with the number of their claims, those with most claims first."""
        reader = NodeReader(self.store, languages)
        rows = self.store.solutions(_INCIDENTS, {})
        return [
            (reader.link(row["incident"]), int(row["claims"].value))  # type: ignore[union-attr]
            for row in rows
            if isinstance(row["incident"], NamedNode)
        ]

    def twins(self, iri: str) -> dict[str, bytes]:
        """Serialize what is stated about a thing in all formats, by suffix."""
        triples = list(GraphResult(self.description(iri)))
        return {
            name: serialize(triples, format=syntax, prefixes=PREFIXES) or b""
            for name, syntax in TWINS.items()
        }

    def rdf(self, iri: str, syntax: RdfFormat) -> bytes | None:
        """Serialize what is stated about a thing; None if nothing is.

        Parameters
        ----------
        iri
            Its IRI.
        syntax
            A format of graphs.
        """
        triples = self.description(iri)
        if not triples:
            return None
        return serialize(list(GraphResult(triples)), format=syntax, prefixes=PREFIXES)


View = tuple[str, dict[str, Any]]


def _shared(
    pages: PageRenderer,
    reader: NodeReader,
    node: NamedNode,
    *,
    shown: Iterable[NamedNode] = (),
    referring: Iterable[NamedNode] = (),
) -> dict[str, Any]:
    """Return what the template of things, which the others extend, shows below."""
    derived = pages._derived
    return {
        "facts": facts(reader, node, leave_out={*derived, *shown}),
        "derived": consequences(reader, node, derived, _reasons(pages, reader), _EXPLAINED),
        "references": references(reader, node, leave_out={*derived, *referring, *_COUNTED}),
        "labels": labels(reader, node),
    }


def _reasons(pages: PageRenderer, reader: NodeReader) -> Explain:
    """Explain a conflict of claims by what they say, and any other fact by its rule."""

    def reason(fact: Triple) -> str:
        ends = (fact.subject, fact.object)
        if fact.predicate == TMN.conflictsWith and all(isinstance(n, NamedNode) for n in ends):
            return conflict_reason(reader, fact.subject, fact.object, pages.why)  # type: ignore[arg-type]
        return pages.why(fact)

    return reason


def _thing(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    return "thing.html", _shared(pages, reader, node)


def _incident(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    return "incident.html", {"incident": incident_view(reader, node, pages.why)}


def _claim(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    view = claim_view(reader, node, pages.quotations)
    shown = (TMN.passage, TMN.proposition, TMN.reportsClaim, TMN.relays)
    return "claim.html", {"claim": view, **_shared(pages, reader, node, shown=shown)}


def _saying(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    """Show what an agent or a post says, and what is said of it."""
    speaking = (TMN.claimant, TMN.onBehalfOf, TMN.inCapacityOf, TMN.speaker)
    values = {"said": said_by(reader, node, speaking)}
    return "agent.html", values | _shared(pages, reader, node, referring=speaking)


def _proposition(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    values = {"said": said_by(reader, node, (TMN.proposition,))}
    return "proposition.html", values | _shared(
        pages, reader, node, shown=(TMN.gloss,), referring=(TMN.proposition,)
    ) | {"gloss": reader.text(node, TMN.gloss)}


def _document(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    values = {
        "passages": passages_of(reader, node, pages.quotations),
        "report": report_of(reader, node),
    }
    return "document.html", values | _shared(
        pages, reader, node, referring=(OA.hasSource, TMN.statedIn)
    )


def _passage(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    document = reader.node(node, OA.hasSource)
    values = {
        "place": place_of(reader, node, pages.quotations),
        "said": claims_at(reader, node),
        "report": report_of(reader, document) if document is not None else None,
    }
    return "passage.html", values | _shared(pages, reader, node, referring=(TMN.passage,))


def _assessment(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    view = assessment_view(reader, node)
    named = replace(reader.link(node), text=view.title)
    values = {"assessment": view, "this": named}
    return "assessment.html", values | _shared(pages, reader, node, shown=SHOWN)


def _place(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    return "place.html", {"map": locator_map(reader, [node])} | _shared(pages, reader, node)


def _concept(pages: PageRenderer, reader: NodeReader, node: NamedNode) -> View:
    return "concept.html", _shared(pages, reader, node)


def _ontology(_: PageRenderer, reader: NodeReader, __: NamedNode) -> View:
    return "ontology.html", {"terms": terms(reader), "lists": code_lists(reader)}


_KINDS: Final[Mapping[str, Callable[[PageRenderer, NodeReader, NamedNode], View]]] = {
    "incident": _incident,
    "claim": _claim,
    "agent": _saying,
    "post": _saying,
    "proposition": _proposition,
    "document": _document,
    "passage": _passage,
    "place": _place,
    "assessment": _assessment,
    "term": _concept,
    "code": _concept,
    "code list": _concept,
    "ontology": _ontology,
}
