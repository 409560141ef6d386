"""Runs the reasoner HermiT through owlready2."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, Quad, RdfFormat, Triple, serialize

from testimonia.errors import (
    InconsistentOntology,
    JavaMissing,
    ReasoningError,
    UnsupportedDatatype,
)
from testimonia.extras import require
from testimonia.namespaces import OWL, PREFIXES, RDF, shorten
from testimonia.reasoning.clashes import name

if TYPE_CHECKING:
    import owlready2

__all__ = ["Inferences", "infer", "is_consistent"]

_IMPORTS = OWL.imports
_TYPE = RDF.type
_DATA_PROPERTY = OWL.DatatypeProperty
_DATATYPE = re.compile(r"datatype '([^']+)'")
_READERS: dict[str, Any] = {
    PREFIXES["xsd"] + local: reader
    for reader, names in {
        int: "integer int long short byte nonNegativeInteger positiveInteger negativeInteger",
        float: "double float",
        Decimal: "decimal",
    }.items()
    for local in names.split()
}
_SHOWN = 3


@dataclass(frozen=True)
class Inferences:
    """The inferences of HermiT.

    Attributes
    ----------
    unsatisfiable
        IRIs of the classes that cannot have members, sorted.
    members
        IRIs of the members of each requested class, sorted.
    """

    unsatisfiable: tuple[str, ...]
    members: dict[str, tuple[str, ...]]


def infer(quads: Sequence[Quad], classes: Iterable[str]) -> Inferences:
    """Classify an ontology and its individuals with HermiT.

    Each run uses a separate owlready2 world, so that runs do not affect each other. The input is passed
    as N-Triples, the only format that owlready2 reads reliably. ``owl:imports`` are ignored: nothing is
    fetched.

    Parameters
    ----------
    quads
        The ontology together with the data.
    classes
        IRIs of the classes whose members to return.

    Raises
    ------
    ExtraMissing
        owlready2 is not installed.
    JavaMissing
        There is no Java runtime.
    InconsistentOntology
        No model satisfies the input.
    UnsupportedDatatype
        HermiT does not support the datatype of a literal, or a literal is ill-typed.
    ReasoningError
        HermiT failed for another reason.
    """
    with _reasoned(quads) as world:
        unsatisfiable = sorted(entity.iri for entity in world.inconsistent_classes())
        members = {iri: _members(world, iri) for iri in classes}
    owl_nothing = OWL.Nothing.value
    return Inferences(tuple(iri for iri in unsatisfiable if iri != owl_nothing), members)


def is_consistent(quads: Sequence[Quad]) -> bool:
    """Return whether some model satisfies the input; raises the other errors of `infer`."""
    try:
        with _reasoned(quads):
            return True
    except InconsistentOntology:
        return False


def _members(world: owlready2.World, iri: str) -> tuple[str, ...]:
    entity = world[iri]
    return tuple(sorted(member.iri for member in entity.instances())) if entity else ()


@contextlib.contextmanager
def _reasoned(quads: Sequence[Quad]) -> Iterator[owlready2.World]:
    """Load statements into a world and run the reasoner on it, without output; close it afterwards."""
    owlready2 = _owlready2()
    world = owlready2.World()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            _load(owlready2, world, quads)
            _run(owlready2, world, quads)
        yield world
    finally:
        world.close()


def _owlready2() -> Any:
    require("owl", "owlready2")
    import owlready2

    if shutil.which(owlready2.JAVA_EXE) is None:
        raise JavaMissing(
            "no Java runtime was found, and the reasoner HermiT runs on Java",
            hint="Install a Java runtime, version 8 or newer, so that `java -version` works.",
        )
    return owlready2


def _load(owlready2: Any, world: owlready2.World, quads: Sequence[Quad]) -> None:
    triples = sorted(
        {Triple(q.subject, q.predicate, q.object) for q in quads if q.predicate != _IMPORTS},
        key=str,
    )
    with tempfile.TemporaryDirectory(prefix="testimonia-") as folder:
        path = Path(folder, "input.nt")
        serialize(triples, path, format=RdfFormat.N_TRIPLES)
        ontology = world.get_ontology("urn:testimonia:reasoning")
        try:
            with path.open("rb") as stream:
                ontology.load(fileobj=stream, format="ntriples")
        except owlready2.OwlReadyOntologyParsingError as error:
            raise _ill_typed(quads, str(error.__cause__ or error)) from error


def _run(owlready2: Any, world: owlready2.World, quads: Sequence[Quad]) -> None:
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError as error:
        _remove_leftover(error)
        raise InconsistentOntology(
            "no model satisfies the ontology together with the data",
            hint="Look for two statements that contradict each other.",
        ) from None
    except owlready2.OwlReadyJavaError as error:
        _remove_leftover(error)
        raise _java_fault(str(error), quads) from None


def _remove_leftover(error: BaseException) -> None:
    """Remove the temporary file that owlready2 leaves behind if HermiT fails."""
    if isinstance(error.__context__, subprocess.CalledProcessError):
        path = str(error.__context__.cmd[-1]).removeprefix("file:///")
        Path(path).unlink(missing_ok=True)


def _java_fault(output: str, quads: Sequence[Quad]) -> ReasoningError:
    lines = output.partition("\n")[2].splitlines()
    said = " ".join(line.strip() for line in lines if not line.startswith("\tat "))
    said = re.sub(r"^Exception in thread \"main\" (?:[\w.$]+\.)?", "", said)
    if "UnsupportedDatatypeException" in output:
        return _unsupported(said, quads)
    if "MalformedLiteralException" in output:
        return _ill_typed(quads, said)
    return ReasoningError(
        f"HermiT failed: {said}", hint="The ontology may not be in OWL 2 DL: check its profile."
    )


def _unsupported(said: str, quads: Sequence[Quad]) -> UnsupportedDatatype:
    match = _DATATYPE.search(said)
    if match is None:
        return UnsupportedDatatype(f"HermiT rejects a datatype: {said}", hint="Use one of OWL 2.")
    # Annotation properties may have any datatype.
    properties = {q.subject for q in quads if q.predicate == _TYPE and q.object == _DATA_PROPERTY}
    used = [
        quad
        for quad in quads
        if quad.predicate in properties
        and isinstance(quad.object, Literal)
        and quad.object.datatype.value == match[1]
    ]
    return UnsupportedDatatype(
        f"HermiT does not support the datatype {shorten(match[1])}"
        + (f", used in {_listed(used)}" if used else ""),
        hint="Use xsd:dateTimeStamp, a number or xsd:string, or make the property an "
        "annotation property, which the reasoner ignores.",
    )


def _ill_typed(quads: Iterable[Quad], said: str) -> UnsupportedDatatype:
    bad = [quad for quad in quads if isinstance(quad.object, Literal) and not _fits(quad.object)]
    where = f", as in {_listed(bad)}" if bad else f" ({said})"
    return UnsupportedDatatype(
        f"a literal does not fit its datatype{where}",
        hint="Write a value that the datatype allows.",
    )


def _fits(literal: Literal) -> bool:
    read = _READERS.get(literal.datatype.value, str)
    try:
        read(literal.value)
    except (ValueError, ArithmeticError):
        return False
    return True


def _listed(quads: Sequence[Quad]) -> str:
    shown = [f"{name(q.subject)} {name(q.predicate)} {q.object}" for q in quads[:_SHOWN]]
    more = len(quads) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
