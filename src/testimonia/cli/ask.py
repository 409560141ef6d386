"""``testimonia ask``: ask a competency question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia.cli.options import Data, OwnQuestions, RowOutput, TimeLimit, open_dataset
from testimonia.cli.showing import show
from testimonia.cli.terminal import print_note

if TYPE_CHECKING:
    from testimonia.dataset import Dataset

__all__ = ["ask"]


def ask(
    question: str,
    /,
    *,
    data: Data | None = None,
    output: RowOutput | None = None,
    time_limit: TimeLimit = 60,
    own: OwnQuestions = (),
    **parameters: Annotated[str, Parameter(help="A parameter of the question, by its own name.")],
) -> None:
    """Ask a competency question.

    A question's parameters are options here, such as --include-state-media true. To see them, run
    testimonia questions NAME.

    Parameters
    ----------
    question
        Its name; testimonia questions lists them.
    time_limit
        Seconds after which it is stopped, reading and deriving included.
    own
        A folder with questions of your own (.rq); may be given more than once.
    """
    output = output or RowOutput()
    dataset = open_dataset(data, *output.files, language=output.language, questions=own)
    named = {name.replace("-", "_"): value for name, value in parameters.items()}
    answer = dataset.ask(question, time_limit=time_limit, **named)
    if not answer:
        print_note(_why_nothing(dataset))
    show(answer, output, title=dataset.question(question).summary)


def _why_nothing(dataset: Dataset) -> str:
    claims = dataset.count_claims()
    if not claims:
        return "these data hold no claims: is the prefix tmn: as it should be?"
    held = "one claim" if claims == 1 else f"{claims:,} claims"
    return f"these data hold {held}, and nothing among them that the question asks for"
