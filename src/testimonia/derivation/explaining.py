"""Explains what was derived about a thing and why, down to claims and their passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from testimonia.derivation.proofs import Prover, Step
from testimonia.namespaces import TMN, shorten
from testimonia.printing import visible
from testimonia.query.html import UNTYPESET, safe
from testimonia.query.writable import Concluded
from testimonia.values import Term

__all__ = ["Evidence", "Explanation", "explain"]


@dataclass(frozen=True)
class Evidence:
    """A claim that a fact depends on.

    Attributes
    ----------
    claim
        Its IRI.
    label
        Its label.
    document
        The label of the document that states it; empty if the data name none.
    passages
        The IRIs of its passages, each with its text if the document is available.
    """

    claim: str
    label: str
    document: str
    passages: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Explanation:
    """What was derived about a thing, and why.

    Attributes
    ----------
    iri
        The thing.
    label
        Its label.
    steps
        A tree for each fact; those of later rules, which depend on others, come first.
    evidence
        The claims that the steps depend on, by IRI.
    """

    iri: str
    label: str
    steps: tuple[Step, ...]
    evidence: Mapping[str, Evidence]
    _called: Callable[[Term], str]

    def statement(self, step: Step) -> str:
        """Write the fact of a step with labels."""
        fact = step.fact
        words = (self._called(term) for term in (fact.subject, fact.predicate, fact.object))
        return " · ".join(words)

    def lines(self) -> Iterator[tuple[int, str, str]]:
        """Iterate over the lines of the trees.

        Yields
        ------
        tuple
            The depth of a line, its kind (fact, reason, claim, passage or again), and its text. A fact that
            was explained before is listed again as a premise, but not explained again.
        """
        shown: set[Triple | str] = set()
        for step in self.steps:
            if step.fact not in shown:
                yield from self._tree(step, 0, shown)

    def to_text(self) -> str:
        """Write the explanation as indented text."""
        marks = {"fact": "", "reason": "because ", "claim": "claim ", "passage": "", "again": ""}
        head = f"{self.label} ({shorten(self.iri)})"
        if not self.steps:
            return visible(f"{head}\nNothing was derived about it.\n")
        body = "".join(f"{'  ' * depth}{marks[kind]}{text}\n" for depth, kind, text in self.lines())
        return visible(f"{head}\n\n{body}")

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as dictionaries and lists, for JSON."""
        return {
            "iri": self.iri,
            "label": self.label,
            "facts": [self._step_dict(step) for step in self.steps],
        }

    def __repr__(self) -> str:
        return f"<Explanation of {shorten(self.iri)}: {len(self.steps)} facts>"

    def _repr_html_(self) -> str:
        facts = "".join(self._html(step) for step in self.steps)
        body = facts or "<p>Nothing was derived about it.</p>"
        return f"<div {UNTYPESET}><p><b>{safe(self.label)}</b> <code>{safe(shorten(self.iri))}</code></p>{body}</div>"

    def _tree(
        self, step: Step, depth: int, shown: set[Triple | str]
    ) -> Iterator[tuple[int, str, str]]:
        if step.fact in shown:
            yield depth, "again", f"{self.statement(step)} (see above)"
            return
        shown.add(step.fact)
        yield depth, "fact", self.statement(step)
        others = "" if step.ways == 1 else f" ({step.ways - 1} more ways)"
        yield depth + 1, "reason", f"{step.sentence}{others} [{step.rule.name}]"
        for premise in step.premises:
            yield from self._tree(premise, depth + 1, shown)
        for iri in step.claims:
            if iri in shown:
                continue
            shown.add(iri)
            claim = self.evidence[iri]
            yield depth + 1, "claim", f"{claim.label} ({shorten(iri)}), in: {claim.document}"
            for passage, quotation in claim.passages:
                yield (
                    depth + 2,
                    "passage",
                    shorten(passage) if quotation is None else f"“{quotation}”",
                )

    def _step_dict(self, step: Step) -> dict[str, Any]:
        fact = step.fact
        return {
            "subject": _plain(fact.subject),
            "predicate": _plain(fact.predicate),
            "object": _plain(fact.object),
            "statement": self.statement(step),
            "rule": step.rule.name,
            "because": step.sentence,
            "ways": step.ways,
            "premises": [self._step_dict(premise) for premise in step.premises],
            "claims": [
                {
                    "iri": iri,
                    "label": self.evidence[iri].label,
                    "document": self.evidence[iri].document,
                    "passages": [
                        {"iri": passage, "quotation": quotation}
                        for passage, quotation in self.evidence[iri].passages
                    ],
                }
                for iri in step.claims
            ],
        }

    def _html(self, step: Step) -> str:
        inner = "".join(self._html(premise) for premise in step.premises)
        claims = ""
        for iri in step.claims:
            claim = self.evidence[iri]
            words = "; ".join(shorten(p) if q is None else f"“{q}”" for p, q in claim.passages)
            claims += f"<li>{safe(claim.label)}: {safe(words)}</li>"
        return (
            f"<details><summary>{safe(self.statement(step))}</summary>"
            f"<p>{safe(step.sentence)} <code>{safe(step.rule.name)}</code></p>"
            f"{inner}<ul>{claims}</ul></details>"
        )


def explain(
    store: Concluded,
    prover: Prover,
    node: NamedNode,
    label: Callable[[str], str | None],
    quotations: Mapping[str, str],
) -> Explanation:
    """Explain all that was derived about a claim, a proposition, an event or an agent.

    For an event, this includes what was derived about the propositions about it and their claims.

    Parameters
    ----------
    store
        A store in which the rules have been run.
    prover
        Explains facts of that store.
    node
        The thing.
    label
        Finds the label of an IRI.
    quotations
        The text of passages, by IRI, as far as documents are available.

    Raises
    ------
    RuleError
        The data have changed since the derivation.
    """
    steps = prover.steps(sorted(_facts_about(store, prover, node), key=str))
    steps = tuple(sorted(steps, key=lambda step: step.rule.name, reverse=True))
    claims = {iri for step in steps for iri in _claims_of(step)}

    def called(term: Term) -> str:
        if isinstance(term, NamedNode):
            return label(term.value) or shorten(term.value)
        return term.value if isinstance(term, Literal) else str(term)

    evidence = {iri: _evidence(store, NamedNode(iri), called, quotations) for iri in sorted(claims)}
    return Explanation(node.value, called(node), steps, evidence, called)


def _facts_about(store: Concluded, prover: Prover, node: NamedNode) -> Iterator[Triple]:
    things = [node]
    for triple in store.incoming(node):
        if triple.predicate == TMN.about and isinstance(triple.subject, NamedNode):
            things.append(triple.subject)
            things += _claims_stating(store, triple.subject)
    seen: dict[Triple, None] = {}
    for thing in things:
        derived = [t for t in store.outgoing(thing) if t.predicate in prover.predicates]
        derived += [t for t in store.incoming(thing) if t.predicate in prover.predicates]
        seen |= dict.fromkeys(sorted(derived, key=_order))
    yield from seen


def _claims_stating(store: Concluded, proposition: NamedNode) -> list[NamedNode]:
    return [
        triple.subject
        for triple in store.incoming(proposition)
        if triple.predicate == TMN.proposition and isinstance(triple.subject, NamedNode)
    ]


def _claims_of(step: Step) -> Iterator[str]:
    yield from step.claims
    for premise in step.premises:
        yield from _claims_of(premise)


def _evidence(
    store: Concluded,
    claim: NamedNode,
    called: Callable[[Term], str],
    quotations: Mapping[str, str],
) -> Evidence:
    documents = [called(triple.object) for triple in store.outgoing(claim, TMN.statedIn)]
    passages = sorted(
        triple.object.value
        for triple in store.outgoing(claim, TMN.passage)
        if isinstance(triple.object, NamedNode)
    )
    return Evidence(
        claim=claim.value,
        label=called(claim),
        document=", ".join(sorted(documents)),
        passages=tuple((passage, quotations.get(passage)) for passage in passages),
    )


def _order(triple: Triple) -> tuple[str, ...]:
    return str(triple.predicate), str(triple.subject), str(triple.object)


def _plain(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
