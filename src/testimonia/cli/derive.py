"""``testimonia derive``: derive what follows from the claims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from testimonia.cli.options import Data, open_dataset
from testimonia.cli.terminal import write

__all__ = ["derive"]


def derive(
    *,
    data: Data | None = None,
    format: Literal["table", "json", "turtle", "n-triples"] = "table",  # noqa: A002
    output: Path | None = None,
) -> None:
    """Derive what follows from the claims: origins, agreement, conflict, revision, confirmation.

    With --store, the facts stay in the store, in place of what was derived before; with --data or
    --shipped as well, a store is made if there is none.

    Parameters
    ----------
    format
        How many facts each rule derived, as a table or as JSON; or the facts themselves.
    output
        File to write to; standard output when left out.
    """
    dataset = open_dataset(data, output, makes_store=True)
    derivation = dataset.derive()
    if format == "json":
        content = {"inputs": derivation.inputs, "facts": derivation.counts}
        write(json.dumps(content, indent=2) + "\n", output)
    elif format == "turtle":
        write(dataset.facts().to_turtle(), output)
    elif format == "n-triples":
        write(dataset.facts().to_ntriples(), output)
    else:
        width = max(map(len, derivation.counts), default=0)
        lines = [f"{name:<{width}}  {count:>8}" for name, count in derivation.counts.items()]
        lines.append(f"{'in all':<{width}}  {derivation.total:>8}")
        write("\n".join(lines) + "\n", output)
