"""Prints how SHACL validators do on the W3C suite and on the disagreements found since.

``python -m tools.validation_conformance`` writes docs/reference/validation-conformance.md to standard
output. The columnar engine and pySHACL run in this process; Apache Jena runs where it can be had (see `tools.jena`).
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
from testimonia.validation.columnar import run
from tools import jena
from tools.shacl_cases import Case, cases, same_outcome, same_report, w3c_cases

INTRODUCTION = """\
# How SHACL conformance is known

<!-- Written by `python -m tools.validation_conformance`; change that, not this page. -->

Each case is a data graph, a shapes graph and the report expected of them. Reports are compared whole, as
graphs: **equal** means isomorphic, **alike** that conformance and the number of results are the same,
**differs** that they are not, or that one failed where the other did not. What a report may hold beyond
the standard's own terms for a result is passed over, and messages count only where the expected report
has some. Tests run every case in the columnar engine, with SPARQL asked of all focus nodes at once and
of one after the other (`tests/validation/columnar/test_w3c.py`).

Beyond these cases, `test_random.py` puts random shapes and graphs before pySHACL and the columnar
engine, `test_jena.py` made-up claims with faults of every kind and the project's own data before Jena,
and `test_examples.py` the project's examples and the DCAT-AP shapes before pySHACL. What was found to
differ is kept below, with a ruling by the text of the standards.

"""
OWN = Path(__file__).parents[1] / "tests" / "validation" / "columnar" / "disagreements"
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


def ruling(case: Case) -> str:
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
    write("\n### Rulings\n\n")
    for case in own:
        write(f"- **{case.name}**: {ruling(case)}\n")
    return int(any(each["columnar"] != EQUAL for each in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main())
