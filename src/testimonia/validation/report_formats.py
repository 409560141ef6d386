"""Writes a report as JSON, as SARIF, or as the report graph of SHACL in Turtle."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from testimonia.errors import Place
from testimonia.namespaces import PREFIXES, XSD, shorten
from testimonia.shacl.data.dictionary import Term
from testimonia.shacl.faults import Fault
from testimonia.shacl.names import COMMENT, TYPE, component_name, sh
from testimonia.shacl.report.notices import Notice, notices
from testimonia.validation.findings import Finding, Report, Severity

__all__ = ["to_json", "to_sarif", "to_turtle"]

_BOOLEAN = XSD.boolean
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def to_json(report: Report) -> str:
    """Write a report as JSON: counts, one object per finding, and what was not checked."""
    return _dumped(
        {
            "conforms": report.conforms,
            "passes": report.passes,
            "counts": {severity.value: report.count(severity) for severity in Severity},
            "findings": [_as_object(finding) for finding in report.findings],
            "leftOut": [
                {"shape": shape or None, "severity": severity.value, "number": number}
                for (shape, severity), number in sorted(report.left_out.items())
            ],
            "differences": [
                {
                    "engine": difference.engine,
                    "ruling": difference.ruling or None,
                    "finding": _as_object(difference.finding),
                }
                for difference in report.differences
            ],
            "deadShapes": list(report.dead_shapes),
            "shapesWithoutTarget": list(report.coverage.without_target),
            "complete": report.coverage.complete,
            "unchecked": [_fault(fault) for fault in report.coverage.unchecked],
            "cautions": list(report.coverage.cautions),
        }
    )


def _fault(fault: Fault) -> dict[str, Any]:
    place = fault.place
    return {
        "shape": fault.shape.value if fault.shape else None,
        "component": fault.component.value if fault.component else None,
        "kind": fault.kind.value,
        "reason": fault.short_reason,
        "file": str(place.path) if place else None,
        "line": place.line if place else None,
    }


def to_turtle(report: Report) -> str:
    """Write a report as a report graph (SHACL, section 3.6) in Turtle."""
    triples = list(_graph(report))
    prefixes = {prefix: PREFIXES[prefix] for prefix in ("sh", "tmn", "tmc", "tmsh", "xsd")}
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b""
    lines = written.decode().splitlines(keepends=True)
    # pyoxigraph writes the prefixes, which come first, in an order that varies between runs.
    head = [line for line in lines[: len(prefixes)] if line.startswith("@prefix ")]
    return "".join(sorted(head) + lines[len(head) :])


def to_sarif(report: Report, version: str) -> str:
    """Write a report in SARIF 2.1.0 (OASIS), which editors and code hosts can display.

    A rule is a constraint component of a shape. Paths of files in the working directory are relative.

    Parameters
    ----------
    report
        The report.
    version
        The version of Testimonia.
    """
    rules = sorted({_rule_id(finding) for finding in report.findings})
    run = {
        "tool": {
            "driver": {
                "name": "testimonia",
                "version": version,
                "rules": [_rule(rule, report) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(finding, rules) for finding in report.findings],
        "invocations": [
            {
                "executionSuccessful": report.coverage.complete,
                "toolConfigurationNotifications": [
                    _notification(n) for n in notices(report.coverage, report.dead_shapes)
                ],
            }
        ],
    }
    return _dumped({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _dumped(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _as_object(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "severity": finding.severity.value,
        "focus": _text(finding.focus),
        "label": finding.label or None,
        "file": str(place.path) if place else None,
        "line": place.line if place else None,
        "path": str(finding.path) if finding.path else None,
        "value": _text(finding.value) if finding.value is not None else None,
        "message": finding.message,
        "hint": finding.hint or None,
        "shape": finding.shape or None,
        "component": finding.component,
    }


def _text(term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _graph(report: Report) -> Iterator[Triple]:
    numbers = count(1)

    def fresh() -> BlankNode:
        return BlankNode(f"r{next(numbers)}")

    whole = BlankNode("report")
    yield Triple(whole, TYPE, sh("ValidationReport"))
    yield Triple(whole, sh("conforms"), Literal(str(report.conforms).lower(), datatype=_BOOLEAN))
    for notice in notices(report.coverage, report.dead_shapes):
        yield Triple(whole, COMMENT, Literal(str(notice)))
    for finding in report.findings:
        result = fresh()
        yield Triple(whole, sh("result"), result)
        yield Triple(result, TYPE, sh("ValidationResult"))
        yield Triple(result, sh("focusNode"), finding.focus)
        yield Triple(result, sh("resultSeverity"), sh(finding.severity.value))
        yield Triple(result, sh("sourceConstraintComponent"), NamedNode(finding.component))
        if finding.shape:
            yield Triple(result, sh("sourceShape"), NamedNode(finding.shape))
        if finding.path:
            path, described = finding.path.triples(fresh)
            yield Triple(result, sh("resultPath"), path)
            yield from described
        if finding.value is not None:
            yield Triple(result, sh("value"), finding.value)
        if finding.message:
            yield Triple(result, sh("resultMessage"), Literal(finding.message))


def _notification(notice: Notice) -> dict[str, Any]:
    written: dict[str, Any] = {
        "level": "warning" if notice.grave else "note",
        "message": {"text": str(notice)},
    }
    if notice.place:
        written["locations"] = [{"physicalLocation": _physical(notice.place)}]
    return written


def _physical(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(Path(place.path))}}
    if place.line:
        physical["region"] = {"startLine": place.line}
    return physical


def _rule_id(finding: Finding) -> str:
    return f"{shorten(finding.shape) or 'unnamed'}/{component_name(finding.component)}"


def _rule(rule: str, report: Report) -> dict[str, Any]:
    found = [finding for finding in report.findings if _rule_id(finding) == rule]
    finding = found[0]
    messages = {finding.message for finding in found}
    return {
        "id": rule,
        "shortDescription": {"text": messages.pop() if len(messages) == 1 else rule},
        **({"help": {"text": finding.hint}} if finding.hint else {}),
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }


def _sarif_result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    rule = _rule_id(finding)
    about = finding.label or shorten(_text(finding.focus))
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": _LEVELS[finding.severity],
        "message": {
            "text": f"{about}: {finding.message}" + (f" {finding.hint}" if finding.hint else "")
        },
        "locations": [_location(finding)],
    }


def _location(finding: Finding) -> dict[str, Any]:
    logical = {"fullyQualifiedName": _text(finding.focus), "kind": "resource"}
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if finding.place:
        location["physicalLocation"] = _physical(finding.place)
    return location


def _uri(path: Path) -> str:
    from urllib.parse import quote

    path, here = path.resolve(), Path.cwd()
    if path.is_relative_to(here):
        # File names need not be UTF-8; the bytes are percent-encoded as they are.
        return quote(os.fsencode(path.relative_to(here)).replace(os.sep.encode(), b"/"))
    return path.as_uri()
