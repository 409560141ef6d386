"""``testimonia accept``: accept figures by a policy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testimonia.cli.options import Data, Output, TimeLimit, open_dataset
from testimonia.cli.showing import show
from testimonia.cli.terminal import write_prose
from testimonia.errors import PolicyError
from testimonia.printing import visible

__all__ = ["accept"]


def accept(
    *,
    policy: str | None = None,
    list_: Annotated[bool, Parameter(name="--list", negative=())] = False,
    incident: str | None = None,
    time_limit: TimeLimit = 60,
    data: Data | None = None,
    output: Output | None = None,
) -> None:
    """Accept figures by a policy, and show their grade, the claims they rest on and those excluded.

    Parameters
    ----------
    policy
        Its name, or a file of your own that ends in .rq.
    list_
        List the policies instead.
    incident
        Only figures of this incident or its parts; event:NAME or the name alone.
    time_limit
        Seconds that it may take, including reading and deriving.
    """
    policies = [Path(policy)] if policy else []
    output = output or Output()
    dataset = open_dataset(data, *output.files, read=policies, language=output.language)
    if list_:
        lines = [
            f"{p.name}  {p.version}\n    {p.summary}. {p.description}" for p in dataset.policies()
        ]
        write_prose(visible("\n".join(lines)) + "\n")
        return
    if policy is None:
        names = ", ".join(p.name for p in dataset.policies())
        raise PolicyError("no policy is given", hint=f"Give --policy with one of: {names}.")
    rows = dataset.accept(policy, incident=incident, time_limit=time_limit)
    show(rows, output, title=f"Accepted under {policy}")
