"""Reports how SHACL validators perform on the W3C suite and on the differences found since.

``python -m tools.validation_conformance`` writes docs/reference/validation-conformance.md to standard
output. The columnar engine and pySHACL run in this process; Apache Jena runs if it is available (see `tools.jena`).
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, Triple, parse, serialize

from testimonia.errors import TestimoniaError
from testimonia.shacl import run
from tools import jena, shapes_in_use
from tools.shacl_cases import Case, cases, same_outcome, same_report, w3c_cases

INTRODUCTION = """\
# How SHACL conformance is known

<!-- Written by `python -m tools.validation_conformance`; change that, not this page. -->

Each case is a data graph, a shapes graph and the report expected of them. Reports are compared whole, as
graphs: **equal** means isomorphic, **alike** that conformance and the number of results are the same,
**differs** that they are not, or that one failed where the other did not. What a report may hold beyond
the standard's own terms for a result is ignored, and messages count only where the expected report
has some. Tests run every case in the columnar engine, with SPARQL run for all focus nodes at once and
for one at a time (`tests/shacl/test_w3c.py`).

Beyond these cases, `test_random.py` puts random shapes and graphs before pySHACL and the columnar
engine, `test_jena.py` made-up claims with faults of every kind and the project's own data before Jena,
and `test_examples.py` the project's examples and the DCAT-AP shapes before pySHACL. What was found to
differ is listed below, with what the standards say.

"""
OWN = Path(__file__).parents[1] / "tests" / "shacl" / "disagreements"
EQUAL, ALIKE, OTHER = "equal", "alike", "**differs**"

Validator = Callable[[Case], list[Triple] | None]
"""Gives the report of a case, or None if it fails."""


def columnar(case: Case) -> list[Triple] | None:
    """Run the columnar engine."""
    try:
        return list(run(case.data, case.shapes).triples())
    except TestimoniaError:
        return None


def pyshacl(case: Case) -> list[Triple] | None:
    """Run pySHACL over rdflib memory graphs that keep literals as written."""
    import rdflib
    from pyshacl import validate

    rdflib.NORMALIZE_LITERALS = False
    data, shapes = (
        rdflib.Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
        for triples in (case.data, case.shapes)
    )
    try:
        _, report, _ = validate(data, shacl_graph=shapes, inference="none")
    except Exception:  # noqa: BLE001 - whatever it is, it is a failure of pySHACL
        return None
    if not isinstance(report, rdflib.Graph):
        return None
    return [quad.triple for quad in parse(report.serialize(format="nt"), RdfFormat.N_TRIPLES)]


def by_jena(case: Case) -> list[Triple] | None:
    """Run Apache Jena's command."""
    return jena.validate(case.data, case.shapes)


def verdict(case: Case, validator: Validator, *, relabelled: bool) -> str:
    """Compare what a validator gives with what is expected."""
    report = validator(case)
    if report is None or case.fails:
        return EQUAL if report is None and case.fails else OTHER
    if same_report(case, report, relabelled=relabelled):
        return EQUAL
    return ALIKE if same_outcome(case, report) else OTHER


IN_USE = """\
## Shapes in use, as published: {number}

Shapes graphs as others publish them, over data of theirs and, for the data cube, over a small cube of our
own. Both engines run in processes of their own. Results are compared by component, severity, shape,
focus node, path and value. What is left out is named in the report; the columns count the parts that
were not checked, and those skipped (rules, functions, prefixes that need no declaration), which pySHACL
does not run either.

| Shapes and data | Results | pySHACL | Only ours | Only pySHACL | Seconds | pySHACL | MB | pySHACL | Not checked | Skipped |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
IN_USE_NOTES = {
    "ePO, a notice": "ePO asks for ``sh:datatype rdf:PlainLiteral``. SHACL 4.1.2 compares the datatype of the "
    "literal, which is xsd:string or rdf:langString in RDF 1.1 (Concepts, section 3.3) and never "
    "rdf:PlainLiteral: each value is a result. pySHACL lets strings pass.",
    "Data cube, made-up rain": "IC-17 selects ``$this`` in a sub-select that groups by something else, which "
    "SPARQL 1.1 forbids (section 19.8, note 12); IC-20 and IC-21 call a function (``sh:SPARQLFunction``) of "
    "SHACL Advanced Features. All three are left out by name.",
    "UCO 1.4, hash": "Two queries select ``$this`` and group by something else (SPARQL 1.1, section 19.8, "
    "note 12) and are left out; in these data they have no node to check.",
    "RO-Crate 1.2, crate-rain": "33 shapes have targets that are queries (SHACL Advanced Features), and 13 "
    "times ``sh:datatype`` is misspelt: pySHACL skips both silently.",
    "Brick 1.4, a building": "Three shapes have targets that are queries; 1,272 rules are not run.",
}


def in_use() -> str:
    """Write the table of shapes in use; only a sentence where they are absent."""
    found = shapes_in_use.uses()
    if not found:
        return f"## Shapes in use, as published\n\nNot run: there is nothing at {shapes_in_use.FOLDER.name}.\n\n"
    lines = [IN_USE.format(number=len(found))]
    for use in found:
        both = shapes_in_use.compare(use)
        ours, theirs = both.ours, both.theirs
        only_ours, only_theirs = (counted.total() for counted in both.beyond())
        cells = [use.name, ours.failure or f"{ours.results.total():,}"]
        cells += [
            theirs.failure or f"{theirs.results.total():,}",
            f"{only_ours:,}",
            f"{only_theirs:,}",
        ]
        cells += [f"{ours.seconds:.1f}", f"{theirs.seconds:.1f}", str(ours.megabytes)]
        cells += [str(theirs.megabytes), str(len(ours.left_out)), f"{ours.skipped:,}"]
        lines.append(f"| {' | '.join(cells)} |\n")
    notes = [f"- **{name}**: {text}\n" for name, text in IN_USE_NOTES.items()]
    return "".join([*lines, "\n", *notes, "\n"])


def explanation(case: Case) -> str:
    """Return the comment of a case."""
    comment = "http://www.w3.org/2000/01/rdf-schema#comment"
    (text,) = (each.object for each in case.data if each.predicate.value == comment)
    return text.value if isinstance(text, Literal) else ""


def main() -> int:
    """Print the tables; return 1 if the columnar engine differs anywhere."""
    logging.disable(logging.CRITICAL)
    validators: dict[str, Validator] = {"columnar": columnar, "pySHACL": pyshacl}
    if jena.command():
        validators["Jena"] = by_jena
    else:
        sys.stderr.write("Apache Jena was not found: its column is left out.\n")
    suite, own = w3c_cases(), cases(OWN)
    verdicts = {
        case: {
            name: verdict(case, validator, relabelled=name != "columnar")
            for name, validator in validators.items()
        }
        for case in [*suite, *own]
    }
    write = sys.stdout.write
    write(INTRODUCTION)
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyshacl", "rdflib", "polars"))
    write(
        f"Versions: {versions}, pyoxigraph {version('pyoxigraph')}; Jena 5.5.0 where it is shown.\n\n"
    )
    write(f"## The W3C suite: {len(suite)} cases\n\n")
    write("| Validator | Whole report equal | Alike | Differs |\n|---|--:|--:|--:|\n")
    for name in validators:
        counted = Counter(verdicts[case][name] for case in suite)
        write(f"| {name} | {counted[EQUAL]} | {counted[ALIKE]} | {counted[OTHER]} |\n")
    head = f"| Case | {' | '.join(validators)} |\n|---{'|---' * len(validators)}|\n"
    write(f"\n### Cases that not all report alike\n\n{head}")
    for case in suite:
        if set(verdicts[case].values()) != {EQUAL}:
            write(f"| {case.name} | {' | '.join(verdicts[case].values())} |\n")
    write(f"\n## Disagreements found since: {len(own)}\n\n{head}")
    for case in own:
        write(f"| {case.name} | {' | '.join(verdicts[case].values())} |\n")
    write("\n### Known differences\n\n")
    for case in own:
        write(f"- **{case.name}**: {explanation(case)}\n")
    write("\n" + in_use().rstrip() + "\n")
    return int(any(each["columnar"] != EQUAL for each in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
