"""Made-up attributed claims of any size from a seed, with a known number of faults of every kind.

Each event brings 70 triples: itself, a document, three passages with their selectors, two sources,
three claims, two propositions with their victims, an assessment. A fault is put into the block of
one event, at most one in each block, so that faults do not interact.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

TMN = "https://w3id.org/testimonia/ns#"
TMC = "https://w3id.org/testimonia/code/"
TMD = "https://w3id.org/testimonia/id/"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
ORG = "http://www.w3.org/ns/org#"
TRIPLES_OF_AN_EVENT = 74

Block = dict[str, str]
"""The varying parts of the block of one event, each a term or a line."""


def _append(line: str) -> Callable[[Block], None]:
    def change(block: Block) -> None:
        block["more"] += line.format(**block) + "\n"

    return change


def _set(**parts: str) -> Callable[[Block], None]:
    def change(block: Block) -> None:
        block.update({name: text.format(**block) for name, text in parts.items()})

    return change


def _both(
    first: Callable[[Block], None], second: Callable[[Block], None]
) -> Callable[[Block], None]:
    def change(block: Block) -> None:
        first(block)
        second(block)

    return change


# Each kind of fault: its name, what it does to a block, and the results it must lead to.
FAULTS: dict[str, tuple[Callable[[Block], None], tuple[str, ...]]] = {
    "no claimant": (_set(claimant=""), ("MinCount",)),
    "two stances": (
        _both(
            _set(stance=f"<{TMC}stance/asserts>"),
            _append(f"{{c0}} <{TMN}stance> <{TMC}stance/denies> ."),
        ),
        ("MaxCount",),
    ),
    "claimant is not an agent": (_set(claimant=f"{{c0}} <{TMN}claimant> {{d}} .\n"), ("Class",)),
    "ill-typed bound": (
        _set(bounds=f'{{p0}} <{TMN}lowerBound> "many"^^<{XSD}nonNegativeInteger> .\n'),
        ("Datatype",),
    ),
    "wrong datatype": (_append(f'{{d}} <{TMN}dateline> "Palmyra"@en .'), ("Datatype", "MaxCount")),
    "gloss is an IRI": (_set(gloss="<urn:x:gloss>"), ("NodeKind",)),
    "latitude too small": (_set(latitude=f'"-95.5"^^<{XSD}decimal>'), ("MinInclusive",)),
    "longitude too large": (_set(longitude=f'"180.5"^^<{XSD}decimal>'), ("MaxInclusive",)),
    "empty document": (_set(characters=f'"0"^^<{XSD}nonNegativeInteger>'), ("MinExclusive",)),
    "too many persons": (_set(persons=f'"1000"^^<{XSD}positiveInteger>'), ("MaxExclusive",)),
    "empty label": (_set(label='""@en'), ("MinLength",)),
    "long label": (_set(label='"' + 201 * "x" + '"@en'), ("MaxLength",)),
    "digest in capitals": (_set(sha256='"' + 64 * "A" + '"'), ("Pattern",)),
    "label in French": (_set(label='"Un incident"@fr'), ("LanguageIn",)),
    "two English labels": (_append(f'{{e}} {LABEL} "Another"@en .'), ("UniqueLang",)),
    "graded by another": (
        _set(graded="<https://w3id.org/testimonia/id/agent/x>"),
        ("Equals", "Equals"),
    ),
    "corrects what it relays": (
        _append(f"{{c0}} <{TMN}corrects> {{c1}} .\n{{c0}} <{TMN}reportsClaim> {{c1}} ."),
        ("Disjoint",),
    ),
    "span ends at its start": (
        _set(end=f'"10"^^<{XSD}nonNegativeInteger>', start=f'"10"^^<{XSD}nonNegativeInteger>'),
        ("LessThan", "Node"),
    ),
    "ends before it begins": (
        _set(after=f'"2001-01-01T00:00:00Z"^^<{XSD}dateTime>'),
        ("LessThanOrEquals",),
    ),
    "unnamed source merged": (
        _append("{u} <http://www.w3.org/2002/07/owl#sameAs> <urn:x:somebody> ."),
        ("Not",),
    ),
    "no bound": (_set(bounds=""), ("Or",)),
    "victims described twice": (_append(f'{{v}} <{TMN}describedAs> "interpreters" .'), ("Xone",)),
    "assessment of nothing": (_set(derived=""), ("And",)),
    "document without passage": (
        _set(source0="<urn:x:other>", source1="<urn:x:other>", source2="<urn:x:other>"),
        ("QualifiedMinCount", "Class", "Class", "Class", "SPARQL", "SPARQL", "SPARQL"),
    ),
    "stray property": (_append('{v} <urn:x:stray> "1" .'), ("Closed",)),
    "assessment not current": (_set(status=f"<{TMC}status/past>"), ("HasValue",)),
    "unknown stance": (_set(stance=f"<{TMC}stance/shouts>"), ("In",)),
    "passage of another document": (
        _append(f"{{c0}} <{TMN}passage> <{TMD}document/first#char=0,9> ."),
        ("SPARQL",),
    ),
    "bounds crossed": (
        _set(upper=f'"0"^^<{XSD}nonNegativeInteger>', lower=f'"7"^^<{XSD}nonNegativeInteger>'),
        ("SPARQL",),
    ),
}

_HEAD = "".join(
    f"<{TMN}{sub}> {SUBCLASS} <{TMN}{cls}> .\n"
    for sub, cls in [
        ("Incident", "Event"),
        ("Organization", "Agent"),
        ("UnnamedSource", "Agent"),
        ("OfficialBody", "Organization"),
        ("CasualtyProposition", "Proposition"),
    ]
) + (
    f"<{TMD}document/first#char=0,9> {TYPE} <{TMN}Passage> .\n"
    f"<{TMD}document/first#char=0,9> <{OA}hasSource> <{TMD}document/first> .\n"
    f"<{TMD}document/first#char=0,9> <{OA}hasSelector> <{TMD}selector/first> .\n"
    f'<{TMD}document/first#char=0,9> <{TMN}passageDigest> "{64 * "0"}" .\n'
    f"<{TMD}selector/first> {TYPE} <{OA}TextPositionSelector> .\n"
    f'<{TMD}selector/first> <{OA}start> "0"^^<{XSD}nonNegativeInteger> .\n'
    f'<{TMD}selector/first> <{OA}end> "9"^^<{XSD}nonNegativeInteger> .\n'
    f"<{TMD}document/first> {TYPE} <{TMN}Document> .\n"
    f'<{TMD}document/first> <{TMN}sha256> "{64 * "0"}" .\n'
    f'<{TMD}document/first> <{TMN}characterCount> "9"^^<{XSD}nonNegativeInteger> .\n'
)


def write_claims(path: Path, triples: int, *, seed: int, each: int) -> Counter[str]:
    """Write N-Triples, and return the number of results to be found of each component.

    Parameters
    ----------
    path
        The file to write.
    triples
        About how many triples.
    seed
        Of the random choices.
    each
        How many faults of every kind.
    """
    choose = random.Random(seed)  # noqa: S311 - nothing here is secret
    events = triples // TRIPLES_OF_AN_EVENT
    names = [name for name in FAULTS for _ in range(each)]
    faulty = dict(zip(choose.sample(range(events), len(names)), names, strict=True))
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        file.writelines(_organizations())
        for number in range(events):
            block = _block(number, choose)
            if number in faulty:
                FAULTS[faulty[number]][0](block)
            file.write(_written(block))
    expected: Counter[str] = Counter()
    for name in names:
        expected.update(f"{SH}{part}ConstraintComponent" for part in FAULTS[name][1])
    return expected


def _organizations() -> list[str]:
    lines = []
    for number in range(50):
        body = f"<{TMD}agent/o{number}>"
        lines.append(f'{body} {TYPE} <{TMN}OfficialBody> .\n{body} {LABEL} "Body {number}"@en .\n')
        if number < 5:
            lines.append(f"{body} <{TMN}party> <{TMD}agent/o{number}> .\n")
        else:
            lines.append(f"{body} <{ORG}subOrganizationOf> <{TMD}agent/o{number // 5}> .\n")
    return lines


def _block(number: int, choose: random.Random) -> Block:
    low = choose.randrange(1, 60)
    day = f"{2000 + number % 25}-{1 + number % 12:02}-{1 + number % 28:02}"
    digest = f"{choose.getrandbits(256):064x}"
    names = {
        "e": f"event/{number}",
        "l": f"place/{number}",
        "d": f"document/{number}",
        "u": f"agent/u{number}",
        "v": f"victims/{number}",
        "a": f"assessment/{number}",
        "p0": f"proposition/{number}-0",
        "p1": f"proposition/{number}-1",
        **{f"c{index}": f"claim/{number}-{index}" for index in range(3)},
        **{f"q{index}": f"document/{number}#char={index}0,{index}9" for index in range(3)},
        **{f"s{index}": f"selector/{number}/{index}" for index in range(3)},
    }
    block = {name: f"<{TMD}{path}>" for name, path in names.items()}
    block |= {
        "label": f'"Incident {number} — said to have happened"@en',
        "before": f'"{day}T00:00:00Z"^^<{XSD}dateTime>',
        "after": f'"{day}T23:59:59Z"^^<{XSD}dateTime>',
        "latitude": f'"{choose.uniform(-89, 89):.5f}"^^<{XSD}decimal>',
        "longitude": f'"{choose.uniform(-179, 179):.5f}"^^<{XSD}decimal>',
        "sha256": f'"{digest}"',
        "characters": f'"{choose.randrange(900, 9000)}"^^<{XSD}nonNegativeInteger>',
        "persons": f'"{choose.randrange(1, 9)}"^^<{XSD}positiveInteger>',
        "body": f"<{TMD}agent/o{choose.randrange(50)}>",
        "stance": f"<{TMC}stance/{choose.choice(('asserts', 'confirms', 'denies', 'disputes'))}>",
        "gloss": f'"What was said of incident {number}, in other words"@en',
        "lower": f'"{low}"^^<{XSD}nonNegativeInteger>',
        "upper": f'"{low + choose.randrange(9)}"^^<{XSD}nonNegativeInteger>',
        "start": f'"0"^^<{XSD}nonNegativeInteger>',
        "end": f'"9"^^<{XSD}nonNegativeInteger>',
        "graded": f"<{TMD}agent/o1>",
        "status": f"<{TMC}status/current>",
        "source0": block["d"],
        "source1": block["d"],
        "source2": block["d"],
        "digest": f'"{digest[::-1]}"',
        "more": "",
    }
    block["claimant"] = f"{block['c0']} <{TMN}claimant> {block['body']} .\n"
    block["derived"] = f"{block['a']} <{PROV}wasDerivedFrom> {block['c0']} .\n"
    block["bounds"] = (
        f"{block['p0']} <{TMN}lowerBound> {{lower}} .\n{block['p0']} <{TMN}upperBound> {{upper}} .\n"
    )
    return block


def _written(b: Block) -> str:
    passages = "".join(
        f"{b[f'q{i}']} {TYPE} <{TMN}Passage> .\n"
        f"{b[f'q{i}']} <{OA}hasSource> {b[f'source{i}']} .\n"
        f"{b[f'q{i}']} <{OA}hasSelector> {b[f's{i}']} .\n"
        f"{b[f'q{i}']} <{TMN}passageDigest> {b['digest']} .\n"
        f"{b[f's{i}']} {TYPE} <{OA}TextPositionSelector> .\n"
        f"{b[f's{i}']} <{OA}start> {b['start'] if i == 0 else _POSITION.format(i * 10)} .\n"
        f"{b[f's{i}']} <{OA}end> {b['end'] if i == 0 else _POSITION.format(i * 10 + 9)} .\n"
        for i in range(3)
    )
    claims = "".join(
        f"{b[f'c{i}']} {TYPE} <{TMN}Claim> .\n"
        f"{b[f'c{i}']} <{TMN}statedIn> {b['d']} .\n"
        f"{b[f'c{i}']} <{TMN}passage> {b[f'q{i}']} .\n"
        f"{b[f'c{i}']} <{TMN}proposition> {b['p0'] if i < 2 else b['p1']} .\n"
        f"{b[f'c{i}']} <{TMN}stance> {b['stance'] if i == 0 else _ASSERTS} .\n"
        for i in range(3)
    )
    return (
        f"{b['e']} {TYPE} <{TMN}Incident> .\n{b['e']} {LABEL} {b['label']} .\n"
        f"{b['e']} <{TMN}eventType> <{TMC}event-type/attack> .\n"
        f"{b['e']} <{TMN}notBefore> {b['before']} .\n{b['e']} <{TMN}notAfter> {b['after']} .\n"
        f"{b['e']} <{TMN}place> {b['l']} .\n{b['l']} {TYPE} <{TMN}Place> .\n"
        f"{b['l']} <{TMN}latitude> {b['latitude']} .\n{b['l']} <{TMN}longitude> {b['longitude']} .\n"
        f"{b['d']} {TYPE} <{TMN}Document> .\n{b['d']} <{TMN}sha256> {b['sha256']} .\n"
        f"{b['d']} <{TMN}characterCount> {b['characters']} .\n"
        f'{b["d"]} <{TMN}dateline> "Homs" .\n'
        f'{b["u"]} {TYPE} <{TMN}UnnamedSource> .\n{b["u"]} {LABEL} "A source"@en .\n'
        f"{b['u']} <{TMN}minPersons> {b['persons']} .\n"
        f"{passages}{b['claimant']}"
        f"{b['c1']} <{TMN}claimant> {b['u']} .\n{b['c2']} <{TMN}claimant> {b['body']} .\n"
        f"{b['c0']} <{TMN}onBehalfOf> {b['body']} .\n{claims}"
        f"{b['p0']} {TYPE} <{TMN}CasualtyProposition> .\n{b['p0']} <{TMN}about> {b['e']} .\n"
        f"{b['p0']} <{TMN}gloss> {b['gloss']} .\n{b['bounds'].format(**b)}"
        f"{b['p0']} <{TMN}harm> <{TMC}harm/killed> .\n{b['p0']} <{TMN}victims> {b['v']} .\n"
        f"{b['p1']} {TYPE} <{TMN}Proposition> .\n{b['p1']} <{TMN}about> {b['e']} .\n"
        f'{b["p1"]} <{TMN}gloss> "It happened"@en .\n'
        f"{b['v']} {TYPE} <{TMN}VictimGroup> .\n{b['v']} <{TMN}category> <{TMC}victim/civilian> .\n"
        f"{b['a']} {TYPE} <{TMN}Assessment> .\n{b['a']} <{TMN}underPolicy> <{TMD}policy/official> .\n"
        f"{b['derived']}{b['a']} <{PROV}wasAttributedTo> <{TMD}agent/o1> .\n"
        f"{b['a']} <{TMN}gradedBy> {b['graded']} .\n{b['a']} <{TMN}status> {b['status']} .\n{b['more']}"
    )


_POSITION = f'"{{}}"^^<{XSD}nonNegativeInteger>'
_ASSERTS = f"<{TMC}stance/asserts>"
