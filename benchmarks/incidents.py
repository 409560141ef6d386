"""Generates incidents with claims, relays, revisions and conflicts, and the facts that follow.

Each incident consists of episodes, each about another harm, so that their facts are independent::

    relay           outlets quote one spokesman          one origin, however many quote
    corroboration   a ministry and a monitor agree       two origins
    conflict        two parties give different figures   neither revises the other
    series          one ministry, another figure daily   each revises all before it
    correction      a figure is corrected, others had    the old one and its relay fall
                    passed it on

The same seed and size always make the same statements. Facts are known as a count and an
order-free digest for each property, so that millions can be compared without keeping them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

__all__ = ["KNOWN", "Known", "Tally", "line_of", "write"]

ID = "https://w3id.org/testimonia/id/"
NS = "https://w3id.org/testimonia/ns#"
CODE = "https://w3id.org/testimonia/code/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
ORG = "http://www.w3.org/ns/org#"
XSD = "http://www.w3.org/2001/XMLSchema#"

STATES, OUTLETS, MONITORS, DAYS = 50, 200, 30, 20
HARMS = ("killed", "injured", "missing", "abducted", "displaced")
GROUPS = ("civilian", "military", "police", "journalist")

KNOWN = (
    "agreesWith",
    "comparableWith",
    "confirmedBy",
    "conflictsWith",
    "countsOriginParty",
    "incompatibleWith",
    "independentOrigins",
    "refines",
    "revises",
    "revisesDown",
    "revisesUp",
    "withdrawnBy",
)
"""The properties whose facts are known."""

_MODULUS = 1 << 256


@dataclass
class Tally:
    """How many facts, and the sum of their digests."""

    count: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Count a fact, written as a line of N-Triples."""
        self.count += 1
        self.total = (self.total + int.from_bytes(sha256(line.encode()).digest())) % _MODULUS


@dataclass
class Known:
    """What was made, and what follows from it, by the local name of the property."""

    incidents: int = 0
    claims: int = 0
    statements: int = 0
    facts: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))


def line_of(subject: str, name: str, object_: str) -> str:
    """Write a fact as a line of N-Triples; terms are written already."""
    return f"{subject} <{NS}{name}> {object_} ."


def write(path: Path, claims: int, seed: int) -> Known:
    """Write incidents to a file of N-Triples.

    Parameters
    ----------
    path
        The file.
    claims
        At least how many claims to make; the last incident is made whole.
    seed
        Of the random numbers.
    """
    known = Known()
    with path.open("w", encoding="utf-8") as lines:

        def put(subject: str, predicate: str, object_: str) -> None:
            known.statements += 1
            lines.write(f"{subject} {predicate} {object_} .\n")

        _World(put).describe()
        numbers = random.Random(seed)  # noqa: S311 - reproducible, and no secret
        while known.claims < claims:
            _Incident(known, put, numbers).make()
            known.incidents += 1
    return known


def iri(kind: str, name: str) -> str:
    return f"<{ID}{kind}/{name}>"


def term(name: str) -> str:
    return f"<{NS}{name}>"


def code(name: str) -> str:
    return f"<{CODE}{name}>"


def number(value: int) -> str:
    return f'"{value}"^^<{XSD}nonNegativeInteger>'


Put = Callable[[str, str, str], None]


@dataclass
class _World:
    """The agents, groups and days that all incidents share."""

    put: Put

    def describe(self) -> None:
        for n in range(STATES):
            self._agent(f"state-{n}", "OfficialBody", None)
            self._agent(f"ministry-{n}", "OfficialBody", f"state-{n}")
            self._agent(f"army-{n}", "OfficialBody", f"ministry-{n}")
            self._agent(f"spokesman-{n}", "Person", None)
        for n in range(OUTLETS):
            self._agent(f"outlet-{n}", "MediaOutlet", None)
        for n in range(MONITORS):
            self._agent(f"monitor-{n}", "Monitor", None)
        for name in GROUPS:
            self.put(iri("group", name), TYPE, term("VictimGroup"))
            self.put(iri("group", name), term("category"), code(name))
        for day in range(DAYS):
            bounds, date = iri("bounds", f"day-{day}"), f"2031-01-{day + 1:02}"
            self.put(bounds, TYPE, term("TimeBounds"))
            for name, time in (("notBefore", "00:00:00Z"), ("notAfter", "23:59:59Z")):
                self.put(bounds, term(name), f'"{date}T{time}"^^<{XSD}dateTimeStamp>')

    def _agent(self, name: str, kind: str, part_of: str | None) -> None:
        self.put(iri("agent", name), TYPE, term(kind))
        if part_of:
            self.put(iri("agent", name), f"<{ORG}subOrganizationOf>", iri("agent", part_of))


@dataclass
class _Incident:
    known: Known
    put: Put
    numbers: random.Random

    def make(self) -> None:
        self.name = f"i{self.known.incidents}"
        self.event = iri("event", self.name)
        self.document = iri("document", self.name)
        self.put(self.event, TYPE, term("Incident"))
        self.put(self.document, TYPE, term("Document"))
        self.made = 0
        episodes = (self.relay, self.corroboration, self.conflict, self.series, self.correction)
        for harm in HARMS[: self.numbers.randint(1, len(HARMS))]:
            self.harm, self.group = harm, self.numbers.choice(GROUPS)
            self.numbers.choice(episodes)()

    def relay(self) -> None:
        state = self.numbers.randrange(STATES)
        figure = self.figure(*self.exactly(self.numbers.randint(1, 90)))
        for outlet in self.numbers.sample(range(OUTLETS), self.numbers.randint(2, 5)):
            quoted = self.claim(f"spokesman-{state}", figure, 0, body=f"ministry-{state}")
            self.claim(f"outlet-{outlet}", figure, 0, reports=quoted)
        self.fact(figure, "confirmedBy", iri("agent", f"ministry-{state}"))
        self.origins(figure, f"state-{state}")

    def corroboration(self) -> None:
        state, monitor = self.numbers.randrange(STATES), self.numbers.randrange(MONITORS)
        count = self.numbers.randint(2, 90)
        figure = self.figure(*self.exactly(count))
        official = self.claim(f"army-{state}", figure, 0, body=f"army-{state}")
        monitored = self.claim(f"monitor-{monitor}", figure, 0)
        self.both(official, "agreesWith", monitored)
        self.fact(figure, "confirmedBy", iri("agent", f"army-{state}"))
        self.origins(figure, f"state-{state}", f"monitor-{monitor}")
        vague = self.figure(self.numbers.randint(1, count), None)
        outlet = self.numbers.randrange(OUTLETS)
        self.claim(f"outlet-{outlet}", vague, 0)
        self.both(figure, "comparableWith", vague)
        self.fact(figure, "refines", vague)
        self.origins(vague, f"outlet-{outlet}")

    def conflict(self) -> None:
        one, other = self.numbers.sample(range(STATES), 2)
        low = self.numbers.randint(0, 40)
        figures = (
            self.figure(*self.exactly(low)),
            self.figure(low + self.numbers.randint(1, 40), None),
        )
        sides = []
        for state, figure in zip((one, other), figures, strict=True):
            sides.append(self.claim(f"army-{state}", figure, 0, body=f"army-{state}"))
            self.fact(figure, "confirmedBy", iri("agent", f"army-{state}"))
            self.origins(figure, f"state-{state}")
        self.both(figures[0], "comparableWith", figures[1])
        self.both(figures[0], "incompatibleWith", figures[1])
        self.both(sides[0], "conflictsWith", sides[1])

    def series(self) -> None:
        state, up = self.numbers.randrange(STATES), self.numbers.random() < 0.7
        counts = sorted(self.numbers.sample(range(1, 200), self.numbers.randint(2, 6)))
        if not up:
            counts.reverse()
        earlier: list[tuple[str, str]] = []
        for day, count in enumerate(counts):
            figure = self.figure(*self.exactly(count))
            claim = self.claim(f"ministry-{state}", figure, day, body=f"ministry-{state}")
            for old_figure, old_claim in earlier:
                self.both(figure, "comparableWith", old_figure)
                self.both(figure, "incompatibleWith", old_figure)
                self.fact(claim, "revises", old_claim)
                self.fact(claim, "revisesUp" if up else "revisesDown", old_claim)
            self.fact(figure, "confirmedBy", iri("agent", f"ministry-{state}"))
            self.origins(figure, f"state-{state}")
            earlier.append((figure, claim))

    def correction(self) -> None:
        state, outlet = self.numbers.randrange(STATES), self.numbers.randrange(OUTLETS)
        high = self.numbers.randint(20, 90)
        old = self.figure(*self.exactly(high))
        new = self.figure(*self.exactly(high - self.numbers.randint(1, 19)))
        first = self.claim(f"ministry-{state}", old, 0, body=f"ministry-{state}")
        relay = self.claim(f"outlet-{outlet}", old, 0, reports=first)
        correcting = self.claim(f"ministry-{state}", new, 0, body=f"ministry-{state}")
        self.put(correcting, term("corrects"), first)
        self.both(old, "comparableWith", new)
        self.both(old, "incompatibleWith", new)
        for fallen in (first, relay):
            self.fact(fallen, "withdrawnBy", correcting)
        self.fact(correcting, "revises", first)
        self.fact(correcting, "revisesDown", first)
        self.fact(new, "confirmedBy", iri("agent", f"ministry-{state}"))
        self.origins(new, f"state-{state}")

    @staticmethod
    def exactly(count: int) -> tuple[int, int]:
        return count, count

    def figure(self, lower: int, upper: int | None) -> str:
        node = iri("proposition", f"{self.name}-{self.made}")
        self.made += 1
        self.put(node, TYPE, term("CasualtyProposition"))
        self.put(node, term("about"), self.event)
        self.put(node, term("harm"), code(self.harm))
        self.put(node, term("victims"), iri("group", self.group))
        self.put(node, term("lowerBound"), number(lower))
        if upper is not None:
            self.put(node, term("upperBound"), number(upper))
        return node

    def claim(
        self,
        who: str,
        figure: str,
        day: int,
        *,
        body: str | None = None,
        reports: str | None = None,
    ) -> str:
        node = iri("claim", f"{self.name}-{self.made}")
        self.made += 1
        self.known.claims += 1
        self.put(node, TYPE, term("Claim"))
        self.put(node, term("claimant"), iri("agent", who))
        self.put(node, term("proposition"), figure)
        self.put(node, term("stance"), code("asserts"))
        self.put(node, term("statedIn"), self.document)
        self.put(node, term("statedAt"), iri("bounds", f"day-{day}"))
        if body:
            self.put(node, term("onBehalfOf"), iri("agent", body))
        if reports:
            self.put(node, term("reportsClaim"), reports)
        return node

    def fact(self, subject: str, name: str, object_: str) -> None:
        self.known.facts[name].add(line_of(subject, name, object_))

    def both(self, one: str, name: str, other: str) -> None:
        self.fact(one, name, other)
        self.fact(other, name, one)

    def origins(self, figure: str, *parties: str) -> None:
        for party in parties:
            self.fact(figure, "countsOriginParty", iri("agent", party))
        self.fact(figure, "independentOrigins", f'"{len(parties)}"^^<{XSD}integer>')
