"""``testimonia derive``: derive what follows from the claims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from testimonia.cli.options import Data, open_dataset
from testimonia.cli.terminal import write

if TYPE_CHECKING:
    from testimonia.derivation.running import Derivation

__all__ = ["derive"]


def derive(
    *,
    data: Data | None = None,
    policies: bool | None = None,
    format: Literal["table", "json", "turtle", "n-triples"] = "table",  # noqa: A002
    output: Path | None = None,
) -> None:
    """Derive what follows from the claims: origins, agreement, conflict, revision, confirmation.

    With --store, the facts are written to the store and replace what was derived before; with --data
    or --shipped as well, the store is created if it does not exist. Deriving is done in memory, which
    is several times faster; in a folder that keeps data by column, DuckDB does it.

    Parameters
    ----------
    policies
        Apply all policies as well; the default with --store, so that questions need not wait for it.
    format
        How many facts each rule derived, as a table or as JSON; or the facts themselves.
    output
        File to write to; standard output when left out.
    """
    dataset = open_dataset(data, output, makes_store=True)
    stored = data is not None and data.store is not None
    derivation = dataset.derive(policies=stored if policies is None else policies)
    if format == "json":
        write(_json(derivation), output)
    elif format == "turtle":
        write(dataset.facts().to_turtle(), output)
    elif format == "n-triples":
        write(dataset.facts().to_ntriples(), output)
    else:
        write(_table(derivation), output)


def _json(derivation: Derivation) -> str:
    content: dict[str, object] = {"inputs": derivation.inputs, "facts": derivation.counts}
    if derivation.assessments:
        content["assessments"] = derivation.assessments
    return json.dumps(content, indent=2) + "\n"


def _table(derivation: Derivation) -> str:
    width = max(map(len, (*derivation.counts, *derivation.assessments)), default=0)
    lines = [f"{name:<{width}}  {count:>8}" for name, count in derivation.counts.items()]
    lines.append(f"{'total':<{width}}  {derivation.total:>8}")
    if derivation.assessments:
        lines.append("\nAssessments by policies")
        lines += [f"{name:<{width}}  {n:>8}" for name, n in derivation.assessments.items()]
    return "\n".join(lines) + "\n"
