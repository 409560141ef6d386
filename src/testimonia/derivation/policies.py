"""Acceptance policies: finds them, reads their headers, and runs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from testimonia.catalogue import resources
from testimonia.catalogue.header import read_header
from testimonia.derivation.running import Plan, digest, provenance
from testimonia.errors import Place, PolicyError, QueryError, UnknownPolicy, placed_in
from testimonia.namespaces import OWL, RDF, RDFS, TMN
from testimonia.query.graph_names import ACCEPTED
from testimonia.query.writable import Writable
from testimonia.suggestions import did_you_mean, nearest

__all__ = ["Policy", "accept_all", "find", "graph_of", "name_of", "read_policy", "shipped"]

_POLICY: Final = "https://w3id.org/testimonia/id/policy/"
_KEYS: Final = ("summary", "version", "description")
_TYPE = RDF.type


@dataclass(frozen=True, slots=True)
class Policy:
    """An acceptance policy.

    Attributes
    ----------
    name
        Its name: that of its file, without the suffix.
    summary
        A summary of one line.
    version
        Its version.
    description
        A description of one paragraph.
    sparql
        The CONSTRUCT query that makes its assessments.
    path
        Its file.
    """

    name: str
    summary: str
    version: str
    description: str
    sparql: str
    path: Path

    @property
    def iri(self) -> NamedNode:
        """Its IRI, which its assessments refer to."""
        return NamedNode(_POLICY + self.name)

    @property
    def graph(self) -> NamedNode:
        """The graph that holds its assessments."""
        return graph_of(self.name)


def graph_of(name: str) -> NamedNode:
    """Return the graph with the assessments of a policy."""
    return NamedNode(f"{ACCEPTED.value}/{name}")


def name_of(policy: NamedNode) -> str | None:
    """Return the name of a policy by its IRI; None if it is not the IRI of a policy."""
    return policy.value.removeprefix(_POLICY) if policy.value.startswith(_POLICY) else None


def find(name: str | Path, paths: Iterable[Path]) -> Policy:
    """Find a policy by name, or read it from a user's file.

    Parameters
    ----------
    name
        Its name, or the path of a file whose name ends in ``.rq``.
    paths
        The files of all policies that can be found by name.

    Raises
    ------
    UnknownPolicy
        There is no such policy.
    PolicyError
        Its file cannot be read.
    """
    if str(name).endswith(".rq"):
        return read_policy(Path(name))
    by_name = {path.stem: path for path in paths}
    if str(name) not in by_name:
        guess = did_you_mean(nearest(str(name), by_name))
        raise UnknownPolicy(
            f"there is no policy {str(name)!r}",
            hint=f"{guess} There are {', '.join(by_name)}; or give a file that ends in .rq.".lstrip(),
        )
    return read_policy(by_name[str(name)])


def read_policy(path: Path) -> Policy:
    """Read a policy from its file.

    Parameters
    ----------
    path
        A ``.rq`` file with a header that holds summary, version and description.

    Raises
    ------
    PolicyError
        It cannot be read, or its header lacks something.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise PolicyError(
            f"this policy cannot be read ({why})",
            place=Place(path),
            hint="Give the name of a policy, or a file of SPARQL in UTF-8 that ends in .rq.",
        ) from None
    header = read_header(text, path)
    for key in _KEYS:
        if not isinstance(header.get(key), str):
            raise PolicyError(
                f"the header of this policy lacks {key}",
                place=Place(path),
                hint=f"Begin the file with lines such as: #+ {key}: …",
            )
    if unknown := sorted(header.keys() - set(_KEYS)):
        raise PolicyError(
            f"{unknown[0]!r} is not one of the keys {', '.join(_KEYS)}",
            place=Place(path),
            hint="Remove it.",
        )
    summary, version, description = (str(header[key]) for key in _KEYS)
    return Policy(path.stem, summary, version, description, text, path)


def shipped() -> list[Policy]:
    """Read the policies that come with the library.

    Raises
    ------
    PolicyError
        The file of a policy cannot be read.
    """
    return [read_policy(path) for path in resources.policies()]


def accept_all(store: Writable, policies: Iterable[Policy]) -> dict[str, int]:
    """Run policies, and replace their earlier assessments.

    The recorded input is the data with the derived facts, without assessments: the order of the policies
    leaves no trace.

    Parameters
    ----------
    store
        A store in which the rules have been run.
    policies
        The policies.

    Returns
    -------
    dict
        The number of assessments by name of the policy.

    Raises
    ------
    QueryError
        Its query is not well formed, is not CONSTRUCT, or fails.
    PolicyError
        It constructs statements, but no assessment.
    """
    chosen = list(policies)
    inputs = digest(store, without=ACCEPTED) if chosen else ""
    return {policy.name: _accept(store, policy, inputs) for policy in chosen}


def _accept(store: Writable, policy: Policy, inputs: str) -> int:
    before = list(store.statements(policy.graph))
    try:
        written = store.write(policy.sparql, policy.graph)
    except QueryError as error:
        error.place = placed_in(policy.path, error.place)
        raise
    assessments = store.instances(TMN.Assessment, policy.graph)
    if written and not assessments:
        store.clear(policy.graph)
        store.load(Quad(t.subject, t.predicate, t.object, policy.graph) for t in before)
        raise PolicyError(
            "this policy constructs statements, but no tmn:Assessment",
            place=Place(policy.path),
            hint="CONSTRUCT assessments; the shipped policies are examples.",
        )
    store.load(_named(policy, assessments))
    sha = sha256(policy.sparql.encode()).hexdigest()
    plan = Plan(policy.iri.value, policy.summary, policy.version, sha)
    store.load(provenance(policy.graph, plan, inputs, ACCEPTED))
    return len(assessments)


def _named(policy: Policy, assessments: list[NamedNode]) -> Iterator[Quad]:
    graph = policy.graph
    for assessment in assessments:
        yield Quad(assessment, TMN.underPolicy, policy.iri, graph)
    for predicate, value in (
        (_TYPE, TMN.Policy),
        (RDFS.label, Literal(policy.summary, language="en")),
        (OWL.versionInfo, Literal(policy.version)),
    ):
        yield Quad(policy.iri, predicate, value, graph)
