"""Competency questions: find them, describe them, and bind their parameters safely.

A parameter is one line of the query, ``VALUES ?name { DEFAULT }``, with ``UNDEF`` for no default, so
that the file runs unchanged in any SPARQL 1.1 engine. Binding replaces the content of the braces by an
RDF term written by the store's serializer; text from the user never enters a query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from testimonia.catalogue.header import Header, read_header
from testimonia.catalogue.parameters import TYPES, Bindable, in_full, term_for
from testimonia.errors import InputError, ParameterError, Place, QuestionError, UnknownQuestion
from testimonia.namespaces import PREFIXES
from testimonia.query.sparql import tokens
from testimonia.rdf.files import Source
from testimonia.rdf.opening import refuse_missing
from testimonia.suggestions import did_you_mean, nearest

__all__ = ["Parameter", "Question", "find", "in_folders", "read_question"]

_KEYS: Final = {"summary", "description", "tags", "params", "needs"}
_NEEDS: Final = ("", "derived", "accepted")
_LANGUAGE: Final = "language"
_PARAMETER_KEYS: Final = {"type", "default", "required", "description"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question.

    Attributes
    ----------
    name
        Its name, and that of the variable it binds.
    type
        iri, code, string, integer, boolean or date.
    default
        The default value, as written in the header; None leaves the variable unbound.
    description
        What it does.
    required
        Whether the question cannot be asked without it.
    """

    name: str
    type: str
    default: str | None
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A competency question.

    Attributes
    ----------
    name
        The name of its file.
    summary
        One line.
    description
        A paragraph.
    tags
        Its topics.
    parameters
        By name.
    sparql
        The query, with the default values.
    path
        Its file.
    needs
        What it needs beside the data: ``derived`` facts, also ``accepted`` figures, or nothing
        (empty).
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    sparql: str
    path: Path
    needs: str = ""

    def terms(self, values: Mapping[str, Bindable | None]) -> dict[str, NamedNode | Literal]:
        """Convert values to RDF terms, leaving out those that are None.

        Parameters
        ----------
        values
            By parameter name.

        Raises
        ------
        ParameterError
            A parameter is unknown or missing, or its value is not of its type.
        """
        available = ", ".join(self.parameters) or "none"
        found = {}
        for name, value in values.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                raise ParameterError(
                    f"the question {self.name} has no parameter {name!r}",
                    hint=_suggestion(name, self.parameters) + f"Its parameters: {available}.",
                )
            if value is None:
                continue
            if parameter.type == "iri":
                value = in_full(name, value)
            try:
                found[name] = term_for(parameter.type, value)
            except ValueError as error:
                raise ParameterError(
                    f"the parameter {name!r} of {self.name} cannot be {value!r}: "
                    f"it takes {TYPES[parameter.type]}",
                    hint=f"{error}. Parameters of this question: {available}.",
                ) from None
        for name, parameter in self.parameters.items():
            if parameter.required and name not in found:
                raise ParameterError(
                    f"the question {self.name} needs the parameter {name!r}: "
                    f"{TYPES[parameter.type]}",
                    hint=f"{parameter.description} Parameters of this question: {available}.",
                )
        return found

    def in_language(
        self, values: Mapping[str, Bindable | None], preferred: Sequence[str]
    ) -> dict[str, Bindable | None]:
        """Add the most preferred language to values, if the question takes one and none is given.

        Glosses rarely name a country or script, so only the language of a tag such as ``fr-CA`` is used.

        Parameters
        ----------
        values
            By parameter name.
        preferred
            Language tags, the most preferred first.
        """
        takes = preferred and _LANGUAGE in self.parameters and values.get(_LANGUAGE) is None
        return {**values, _LANGUAGE: preferred[0].partition("-")[0]} if takes else dict(values)

    def bind(self, values: Mapping[str, Bindable | None]) -> str:
        """Write the query with parameters bound.

        Parameters
        ----------
        values
            By parameter name; a parameter that is left out or None keeps its default.

        Raises
        ------
        ParameterError
            A parameter is unknown or missing, or its value is not of its type.
        """
        query = self.sparql
        for name, term in self.terms(values).items():
            query = _bound(query, name, term)
        return query


def in_folders(folders: Iterable[Source], shipped: Iterable[Path]) -> list[Path]:
    """List the files of the shipped questions and of those in folders.

    Parameters
    ----------
    folders
        Folders with ``.rq`` files; subfolders are not searched.
    shipped
        The files that come with the library; listed first.

    Raises
    ------
    InputError
        A folder does not exist, or holds no question.
    QuestionError
        Two questions have the same name.
    """
    taken = {path.stem: path for path in shipped}
    for folder in {path.resolve(): path for path in map(Path, folders)}.values():
        for path in _files_in(folder):
            if path.stem in taken:
                raise QuestionError(
                    f"there is another question named {path.stem!r}: {taken[path.stem]}",
                    place=Place(path),
                    hint="Rename the file: a question has the name of its file.",
                )
            taken[path.stem] = path
    return list(taken.values())


def _files_in(folder: Path) -> list[Path]:
    refuse_missing(folder)
    found = sorted(path for path in folder.glob("*.rq") if not path.name.startswith("."))
    if not found:
        raise InputError(
            "this folder holds no questions",
            place=Place(folder),
            hint="Give a folder with files of questions, which end in .rq.",
        )
    return found


def find(name: str, paths: Iterable[Path]) -> Question:
    """Find a question by name.

    Parameters
    ----------
    name
        Its name.
    paths
        The files of all questions.

    Raises
    ------
    UnknownQuestion
        No question has that name.
    """
    by_name = {path.stem: path for path in paths}
    if name not in by_name:
        hint = _suggestion(name, by_name) + "testimonia questions lists them all."
        raise UnknownQuestion(f"there is no question {name!r}", hint=hint)
    return read_question(by_name[name])


def read_question(path: Path) -> Question:
    """Read a question from its file.

    Parameters
    ----------
    path
        A ``.rq`` file.

    Raises
    ------
    QuestionError
        Its header cannot be read, or does not match its query.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"this question cannot be read ({error})", place=Place(path)) from None
    header = read_header(text, path)
    _check_keys(header, _KEYS, path)
    summary, tags = header.get("summary"), header.get("tags", [])
    description, params = header.get("description", ""), header.get("params", {})
    if not isinstance(summary, str) or not isinstance(description, str):
        raise _misfit(path, "summary and description must be text, and summary is required")
    needs = header.get("needs", "")
    if not isinstance(needs, str) or needs not in _NEEDS:
        raise _misfit(path, "needs must be derived or accepted, or be left out")
    if not isinstance(tags, list):
        raise _misfit(path, "tags must be a list in brackets")
    if not isinstance(params, dict):
        raise _misfit(path, "params must have a key for each parameter")
    parameters = {name: _parameter(name, entry, path) for name, entry in params.items()}
    for parameter in parameters.values():
        _check_slot(parameter, text, path)
    return Question(path.stem, summary, description, tuple(tags), parameters, text, path, needs)


def _parameter(name: str, entry: object, path: Path) -> Parameter:
    if not isinstance(entry, dict):
        raise _misfit(path, f"the parameter {name} needs a type and a description")
    _check_keys(entry, _PARAMETER_KEYS, path)
    texts = {key: value for key, value in entry.items() if isinstance(value, str)}
    if texts.get("type") not in TYPES or "description" not in texts or len(texts) < len(entry):
        reason = f"the parameter {name} needs a description and a type, one of {', '.join(TYPES)}"
        raise _misfit(path, reason)
    required = texts.get("required", "false")
    if required not in ("true", "false") or (required == "true" and "default" in texts):
        raise _misfit(
            path, f"required of the parameter {name} must be true, without a default, or false"
        )
    default = texts.get("default", "none")
    return Parameter(
        name,
        texts["type"],
        None if default == "none" else default,
        texts["description"],
        required == "true",
    )


def _check_keys(header: Header, known: set[str], path: Path) -> None:
    if unknown := sorted(header.keys() - known):
        raise _misfit(path, f"{unknown[0]!r} is not one of the keys {', '.join(sorted(known))}")


def _check_slot(parameter: Parameter, text: str, path: Path) -> None:
    """Check that the default in the query equals the one in the header."""
    name = parameter.name
    slots = _slot(name).findall(text)
    if len(slots) != 1:
        raise _misfit(path, f"the query needs exactly one line VALUES ?{name} {{ … }}")
    try:
        expected = (
            None if parameter.default is None else term_for(parameter.type, parameter.default)
        )
        held = _inline_data(name, slots[0])
    except (ValueError, SyntaxError):
        raise _misfit(path, f"the default of the parameter {name} is not of its type") from None
    if held != [expected]:
        raise _misfit(path, f"header and query differ on the default of the parameter {name}")


def _slot(name: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*VALUES \?{re.escape(name)} \{{ (.*) \}}[ \t]*$", re.MULTILINE)


def _inline_data(name: str, data: str) -> list[object]:
    query = f"SELECT ?{name} WHERE {{ VALUES ?{name} {{ {data} }} }}"
    solutions = Store().query(query, prefixes=PREFIXES)
    if not isinstance(solutions, QuerySolutions):
        raise TypeError("a SELECT query gives solutions")
    return [solution[name] for solution in solutions]


def _bound(query: str, name: str, term: NamedNode | Literal) -> str:
    match = _slot(name).search(query)
    if match is None:
        raise ValueError(f"the query has no VALUES line for {name}")
    start, end = match.span(1)
    written = str(term)
    bound = query[:start] + written + query[end:]
    if _inline_data(name, written) != [term] or not _only_between(query, bound, start, end):
        raise ParameterError(
            f"the value of the parameter {name!r} cannot be written into the query",
            hint="Give a simpler value.",
        )
    return bound


def _only_between(query: str, bound: str, start: int, end: int) -> bool:
    """Check that binding left all tokens outside the braces unchanged."""
    growth = len(bound) - len(query)

    def outside(text: str, stop: int) -> list[str]:
        return [t.text for t in tokens(text) if t.start < start or t.start >= stop]

    return outside(query, end) == outside(bound, end + growth)


def _suggestion(name: str, names: Iterable[str]) -> str:
    question = did_you_mean(nearest(name, names))
    return f"{question} " if question else ""


def _misfit(path: Path, reason: str) -> QuestionError:
    return QuestionError(reason, place=Place(path), hint="Fix the header of the question.")
