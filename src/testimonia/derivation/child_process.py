"""Derives facts and runs policies in a child process that can be stopped.

A user's policy may never end, or exhaust the stack; the rules take long on many claims. The process has
a store in memory, even if the data are on disk, and returns its results at the end; so nothing is half
done if it is stopped.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from pyoxigraph import Quad, RdfFormat, parse, serialize

from testimonia import errors
from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rules
from testimonia.derivation import policies as assessing
from testimonia.derivation import running
from testimonia.derivation.policies import Policy, read_policy
from testimonia.errors import Place, PolicyError, TestimoniaError
from testimonia.processes.children import (
    COMPLETE,
    FAILED,
    Ended,
    can_fork,
    open_from_disk,
    run_in_fork,
    run_in_new_process,
)
from testimonia.processes.orphans import die_with
from testimonia.query.deadlines import Deadline
from testimonia.query.graph_names import ACCEPTED, DERIVED
from testimonia.query.store import Store

__all__ = ["conclude"]

DERIVING: Final = "deriving from the data"
ASSESSING: Final = "accepting figures"
_DAMAGED: Final = "Create the store again from its files."


def conclude(store: Store, policies: Sequence[Policy], deadline: Deadline) -> None:
    """Derive facts unless that was done, run policies, and store the results.

    Parameters
    ----------
    store
        The store with the claims, to which the results are added.
    policies
        The policies to run.
    deadline
        When to stop.

    Raises
    ------
    TimeLimitExceeded
        The deadline was exceeded.
    PolicyError
        A policy makes no assessments, or crashes its process.
    QueryError
        The query of a rule or policy is not well formed, or fails.
    """
    derive = not running.is_derived(store)
    if not derive and not policies:
        return
    step = " and ".join([DERIVING] * derive + [ASSESSING] * bool(policies))
    seconds = deadline.left(step)
    try:
        if store.directory is None and can_fork():
            message = run_in_fork(lambda stream: _work(store, derive, policies, stream), seconds)
        else:
            request = json.dumps([derive, [str(policy.path) for policy in policies]]).encode()
            with store.on_disk() as place:
                message = run_in_new_process(__name__, place, request, seconds)
    except Ended as end:
        if end.why == "time":
            raise deadline.exceeded(step) from None
        raise _died(policies) from None
    content, failed, reason = message.rpartition(FAILED)
    if failed:
        raise _error(*json.loads(reason))
    _keep(store, content or message.removesuffix(COMPLETE), derive, policies)


def _keep(store: Store, content: bytes, derive: bool, policies: Sequence[Policy]) -> None:
    if derive:
        store.forget(ACCEPTED)
        store.forget(DERIVED)
    for policy in policies:
        store.clear(policy.graph)
    store.load(parse(content, RdfFormat.N_QUADS))


def _work(store: Store, derive: bool, policies: Sequence[Policy], stream: IO[bytes]) -> None:
    """Do the work in the child process, and write the results, or the error."""
    try:
        if derive:
            running.derive(store, read_rules(resources.rules()))
        assessing.accept_all(store, policies)
        serialize(_made(store, derive, policies), stream, RdfFormat.N_QUADS)
    except TestimoniaError as error:
        place = error.place
        where = None if place is None else [str(place.path), place.line, place.column]
        reason = [type(error).__name__, error.message, error.hint, where]
        stream.write(FAILED + json.dumps(reason).encode())
    except (
        RuntimeError,
        OSError,
        ValueError,
    ) as error:  # raised by Oxigraph: a damaged store, a full disk
        reason = ["StoreError", f"the store cannot be read ({error})", _DAMAGED, None]
        stream.write(FAILED + json.dumps(reason).encode())
    else:
        stream.write(COMPLETE)


def _made(store: Store, derive: bool, policies: Sequence[Policy]) -> Iterator[Quad]:
    graphs = {ACCEPTED, *(policy.graph for policy in policies)}
    if derive:
        graphs |= {*store.graphs(DERIVED), *store.graphs(ACCEPTED)}
    for graph in running.described_last(graphs):
        for triple in store.statements(graph):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)


def _error(name: str, message: str, hint: str, where: list[Any] | None) -> TestimoniaError:
    kind: type[TestimoniaError] = getattr(errors, name, TestimoniaError)
    return kind(message, hint=hint, place=None if where is None else Place(*where))


def _died(policies: Sequence[Policy]) -> TestimoniaError:
    own = [policy for policy in policies if policy.path not in resources.policies()]
    hint = "Simplify its query: less nesting, and fewer patterns at once."
    if own:
        why = "this policy crashed its process, out of memory or nested too deeply"
        return PolicyError(why, place=Place(own[0].path), hint=hint)
    return TestimoniaError(
        "the process that derives facts crashed, most likely out of memory",
        hint="Provide more memory, or use fewer data at once.",
    )


def _main(place: Path) -> None:
    die_with(os.getppid())
    derive, paths = json.load(sys.stdin)
    store = Store()
    try:
        store.load(iter(open_from_disk(place)))
    except (RuntimeError, OSError, ValueError) as error:
        reason = ["StoreError", f"the store cannot be read ({error})", _DAMAGED, None]
        sys.stdout.buffer.write(FAILED + json.dumps(reason).encode())
        return
    _work(store, derive, [read_policy(Path(path)) for path in paths], sys.stdout.buffer)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
