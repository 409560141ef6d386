"""``testimonia ask``: ask a competency question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from testimonia.cli.options import Data, OwnQuestions, RowOutput, TimeLimit, open_dataset
from testimonia.cli.showing import show
from testimonia.cli.terminal import print_note
from testimonia.printing import counted

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
    **parameters: Annotated[str, Parameter(help="A parameter of the question, by its name.")],
) -> None:
    """Ask a competency question.

    The parameters of the question become options, such as --include-state-media true. To see them,
    run testimonia questions NAME.

    Parameters
    ----------
    question
        Its name; testimonia questions lists them.
    time_limit
        Seconds that it may take, including reading and deriving.
    own
        Folder with your own questions (.rq files); can be repeated.
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
        return "there are no claims in these data: is the prefix tmn: declared correctly?"
    return f"no matches among {counted(claims, 'claim')}"
