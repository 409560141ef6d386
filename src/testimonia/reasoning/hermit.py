"""One run of HermiT through owlready2."""

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

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from testimonia.errors import (
    InconsistentOntology,
    JavaMissing,
    ReasoningError,
    UnsupportedDatatype,
)
from testimonia.extras import require
from testimonia.namespaces import OWL, PREFIXES, RDF, shorten

if TYPE_CHECKING:
    import owlready2

__all__ = ["Inferences", "infer", "is_consistent"]

_IMPORTS = OWL.imports
_TYPE = RDF.type
_DATA_PROPERTY = OWL.DatatypeProperty
_DATATYPE = re.compile(r"datatype '([^']+)'")
_READERS: dict[str, Any] = {
    PREFIXES["xsd"] + name: reader
    for reader, names in {
        int: "integer int long short byte nonNegativeInteger positiveInteger negativeInteger",
        float: "double float",
        Decimal: "decimal",
    }.items()
    for name in names.split()
}
_SHOWN = 3


@dataclass(frozen=True)
class Inferences:
    """What HermiT concluded.

    Attributes
    ----------
    unsatisfiable
        IRIs of the classes that can have no member, sorted.
    members
        IRIs of the members of each class asked for, sorted.
    """

    unsatisfiable: tuple[str, ...]
    members: dict[str, tuple[str, ...]]


def infer(quads: Sequence[Quad], classes: Iterable[str]) -> Inferences:
    """Classify an ontology and its individuals with HermiT.

    Each run has a world of its own, so that runs do not see one another. The input goes in as
    N-Triples, the only format that owlready2 reads reliably. ``owl:imports`` are left out: nothing
    is fetched.

    Parameters
    ----------
    quads
        The ontology together with the data.
    classes
        IRIs of the classes whose members are wanted.

    Raises
    ------
    ExtraMissing
        owlready2 is not installed.
    JavaMissing
        There is no Java runtime.
    InconsistentOntology
        No model satisfies the input.
    UnsupportedDatatype
        HermiT does not take a literal's datatype, or a literal does not fit it.
    ReasoningError
        HermiT failed otherwise.
    """
    with _reasoned(quads) as world:
        unsatisfiable = sorted(entity.iri for entity in world.inconsistent_classes())
        members = {iri: _members(world, iri) for iri in classes}
    owl_nothing = OWL.Nothing.value
    return Inferences(tuple(iri for iri in unsatisfiable if iri != owl_nothing), members)


def is_consistent(quads: Sequence[Quad]) -> bool:
    """Tell whether some model satisfies the input; raises as `infer` does otherwise."""
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
    """Open a world that has been reasoned over, silently, and close it afterwards."""
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
            hint="Install a Java runtime, version 8 or newer, such that `java -version` answers.",
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
            hint="Look for two statements that exclude one another.",
        ) from None
    except owlready2.OwlReadyJavaError as error:
        _remove_leftover(error)
        raise _java_fault(str(error), quads) from None


def _remove_leftover(error: BaseException) -> None:
    """Remove the input file that owlready2 leaves behind when HermiT fails."""
    if isinstance(error.__context__, subprocess.CalledProcessError):
        name = str(error.__context__.cmd[-1]).removeprefix("file:///")
        Path(name).unlink(missing_ok=True)


def _java_fault(output: str, quads: Sequence[Quad]) -> ReasoningError:
    lines = output.partition("\n")[2].splitlines()
    said = " ".join(line.strip() for line in lines if not line.startswith("\tat "))
    said = re.sub(r"^Exception in thread \"main\" (?:[\w.$]+\.)?", "", said)
    if "UnsupportedDatatypeException" in output:
        return _unsupported(said, quads)
    if "MalformedLiteralException" in output:
        return _ill_typed(quads, said)
    return ReasoningError(
        f"HermiT failed: {said}", hint="The ontology may go beyond OWL 2 DL: check its profile."
    )


def _unsupported(said: str, quads: Sequence[Quad]) -> UnsupportedDatatype:
    match = _DATATYPE.search(said)
    if match is None:
        return UnsupportedDatatype(f"HermiT rejects a datatype: {said}", hint="Use one of OWL 2.")
    # On annotation properties any datatype is fine.
    properties = {q.subject for q in quads if q.predicate == _TYPE and q.object == _DATA_PROPERTY}
    used = [
        quad
        for quad in quads
        if quad.predicate in properties
        and isinstance(quad.object, Literal)
        and quad.object.datatype.value == match[1]
    ]
    return UnsupportedDatatype(
        f"HermiT does not take the datatype {shorten(match[1])}"
        + (f", used in {_listed(used)}" if used else ""),
        hint="Use xsd:dateTimeStamp, a number or xsd:string, or make the property an "
        "annotation property, which the reasoner leaves aside.",
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
    shown = [f"{_name(q.subject)} {_name(q.predicate)} {q.object}" for q in quads[:_SHOWN]]
    more = len(quads) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _name(term: NamedNode | BlankNode | Triple) -> str:
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
