"""Questions are parsed strictly, and no value can leave its slot in the query."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import palmyra
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

import testimonia
from testimonia.catalogue import questions, resources
from testimonia.catalogue.header import read_header
from testimonia.catalogue.parameters import TYPES, term_for
from testimonia.catalogue.questions import Parameter, find, read_question
from testimonia.errors import (
    ParameterError,
    QuestionError,
    UnknownPolicy,
    UnknownQuestion,
    UnknownResource,
)
from testimonia.namespaces import PREFIXES

XSD = PREFIXES["xsd"]
HEADER = """\
#+ summary: Who said what?
#+ description: >
#+   Several lines: of text,
#+   folded into one.
#+ tags: [figures, who]
#+ params:
"""
TYPED = {
    "an_iri": ("iri", "none", "UNDEF"),
    "a_code": ("code", "killed", "<https://w3id.org/testimonia/code/killed>"),
    "a_string": ("string", "none", "UNDEF"),
    "an_integer": ("integer", "3", "3"),
    "a_boolean": ("boolean", "false", "false"),
    "a_date": ("date", "none", "UNDEF"),
}


def typed_question() -> str:
    params = "".join(
        f"#+   {name}:\n#+     type: {type_}\n#+     default: {default}\n#+     description: About.\n"
        for name, (type_, default, _) in TYPED.items()
    )
    slots = "".join(f"  VALUES ?{name} {{ {held} }}\n" for name, (_, _, held) in TYPED.items())
    return f"{HEADER}{params}SELECT * WHERE {{\n{slots}}}\n"


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> questions.Question:
    path = tmp_path_factory.mktemp("queries") / "who-said.rq"
    path.write_text(typed_question())
    return read_question(path)


def values_of(query: str) -> dict[str, object]:
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)
    (row,) = found
    return {name: row[name] for name in TYPED}


def test_header(question: questions.Question) -> None:
    assert question.name == "who-said"
    assert question.summary == "Who said what?"
    assert question.description == "Several lines: of text, folded into one."
    assert question.tags == ("figures", "who")
    assert question.parameters["a_code"] == Parameter("a_code", "code", "killed", "About.")
    assert question.parameters["an_iri"] == Parameter("an_iri", "iri", None, "About.")
    assert question.bind({}) == question.sparql


@pytest.mark.parametrize(
    ("name", "value", "term"),
    [
        ("an_iri", "http://a.example/x", "<http://a.example/x>"),
        ("an_iri", "event:x", "<https://w3id.org/testimonia/id/event/x>"),
        ("an_iri", NamedNode("urn:x:y"), "<urn:x:y>"),
        ("a_code", "injured", "<https://w3id.org/testimonia/code/injured>"),
        ("a_code", "tmc:injured", "<https://w3id.org/testimonia/code/injured>"),
        (
            "a_code",
            "https://w3id.org/testimonia/code/injured",
            "<https://w3id.org/testimonia/code/injured>",
        ),
        ("a_string", 'a "b" } DROP', '"a \\"b\\" } DROP"'),
        ("an_integer", "007", f'"7"^^<{XSD}integer>'),
        ("an_integer", -5, f'"-5"^^<{XSD}integer>'),
        ("a_boolean", True, f'"true"^^<{XSD}boolean>'),
        ("a_boolean", "true", f'"true"^^<{XSD}boolean>'),
        ("a_date", "2025-12-13", f'"2025-12-13T00:00:00Z"^^<{XSD}dateTime>'),
        ("a_date", date(2025, 12, 13), f'"2025-12-13T00:00:00Z"^^<{XSD}dateTime>'),
        ("a_date", "2025-12-13T02:00:00+03:00", f'"2025-12-12T23:00:00Z"^^<{XSD}dateTime>'),
        (
            "a_date",
            datetime(2025, 12, 13, 2, tzinfo=timezone(timedelta(hours=3))),
            f'"2025-12-12T23:00:00Z"^^<{XSD}dateTime>',
        ),
    ],
)
def test_values_are_bound_as_terms(
    question: questions.Question, name: str, value: object, term: str
) -> None:
    bound = question.bind({name: value})
    assert bound == question.sparql.replace(
        f"VALUES ?{name} {{ {TYPED[name][2]} }}", f"VALUES ?{name} {{ {term} }}"
    )
    assert str(values_of(bound)[name]) == term


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("an_iri", "no scheme"),
        ("an_iri", "http://a.example/> } DROP ALL #"),
        ("an_iri", "event:x y"),
        ("an_iri", ""),
        ("an_iri", 3),
        ("a_code", "a b"),
        ("a_code", "x> } #"),
        ("a_code", "agent:x"),
        ("a_string", "\ud800"),
        ("a_string", 3),
        ("an_integer", "3.0"),
        ("an_integer", True),
        ("an_integer", 10**18),
        ("an_integer", "\u0663"),
        ("a_boolean", "yes"),
        ("a_boolean", 1),
        ("a_date", "13 December"),
        ("a_date", "2025-12-13T02:00:00"),
        ("a_date", "0001-01-01T00:00:00+14:00"),
        ("a_date", 5),
    ],
)
def test_ill_typed_values(question: questions.Question, name: str, value: object) -> None:
    with pytest.raises(ParameterError) as caught:
        question.bind({name: value})
    assert f"the parameter '{name}' of who-said cannot be {value!r}" in caught.value.message
    assert TYPES[TYPED[name][0]] in caught.value.message
    assert "Parameters of this question: an_iri, a_code, a_string" in caught.value.hint


def test_unknown_parameter(question: questions.Question) -> None:
    with pytest.raises(ParameterError, match="who-said has no parameter 'a_cod'") as caught:
        question.bind({"a_cod": "killed"})
    assert caught.value.hint.startswith("Did you mean a_code")


@given(st.sampled_from(sorted(TYPED)), st.text(alphabet=st.characters(), max_size=20))
def test_no_text_leaves_its_slot(question: questions.Question, name: str, text: str) -> None:
    check_confined(question, name, text)


@given(
    st.sampled_from(sorted(TYPED)),
    st.lists(
        st.sampled_from(
            [
                "'",
                '"',
                '"""',
                "\\",
                "\n",
                "\r",
                "}",
                "{",
                ">",
                "<",
                "#",
                "\0",
                "\ud800",
                " ",
                "?x",
                " } DROP ALL ",
                "UNDEF",
                "http://a.example/",
                "event:",
                "tmc:",
                "\\u003e",
                "@en",
                "^^",
            ]
        ),
        max_size=8,
    ).map("".join),
)
def test_no_hostile_text_leaves_its_slot(
    question: questions.Question, name: str, text: str
) -> None:
    check_confined(question, name, text)


def check_confined(question: questions.Question, name: str, text: str) -> None:
    """Bind a text, and hold every other value equal to its default."""
    try:
        bound = question.bind({name: text})
    except ParameterError:
        return
    found, defaults = values_of(bound), values_of(question.sparql)
    expected = term_for(TYPED[name][0], text)
    assert found.pop(name) == expected
    if isinstance(expected, Literal) and expected.datatype.value == XSD + "string":
        assert expected.value == text
    defaults.pop(name)
    assert found == defaults


def test_required_parameter(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(
        f"{HEADER}#+   x:\n#+     type: iri\n#+     required: true\n#+     description: Which.\n"
        "SELECT * {\n  VALUES ?x { UNDEF }\n}"
    )
    question = read_question(path)
    with pytest.raises(ParameterError, match="the question q needs the parameter 'x': an IRI"):
        question.bind({"x": None})
    assert "VALUES ?x { <http://a.example/> }" in question.bind({"x": "http://a.example/"})


def test_unknown_question() -> None:
    paths = [Path("confirmed-figures.rq"), Path("unconfirmed-figures.rq"), Path("documents.rq")]
    with pytest.raises(UnknownQuestion, match="no question 'confirmed-figure'") as caught:
        find("confirmed-figure", paths)
    assert caught.value.hint.startswith("Did you mean confirmed-figures or unconfirmed-figures?")


PARAM = "#+   x:\n#+     type: integer\n#+     default: 3\n#+     description: It.\n"
SLOT = "SELECT * {\n  VALUES ?x { 3 }\n}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("SELECT * {}", 1, "has no header"),
        ("#+ summary Who\nASK {}", 1, "expected a key and a colon"),
        ("#+ summary: Who\n#+ summary: What\nASK {}", 2, "is there twice"),
        (
            "#+ summary: Who\n#+   more: text\nASK {}",
            2,
            "expected a key and a colon at this indent",
        ),
        ("#+ summary: >\nASK {}", 1, "no indented text follows"),
        ("#+ summary:\n#+ tags: [a]\nASK {}", 1, "has no value"),
        ("#+ summary: Who\n#+ tags: [a, b\nASK {}", 2, "no closing bracket"),
        ("#+ summary: 'Who'\nASK {}", 1, "is not plain text"),
        ("#+ summary: Who: what\nASK {}", 1, "is not plain text"),
        ("#+ summary: Who # what\nASK {}", 1, "is not plain text"),
        ("#+ summary: &a Who\nASK {}", 1, "is not plain text"),
        (
            "#+ summary: W\n#+ params:\n#+     x:\n#+       type: iri\n#+   y: z\nASK {}",
            5,
            "matches no line above",
        ),
        ("#+ description: Who\nASK {}", None, "summary is required"),
        ("#+ summary: Who\n#+ tag: [a]\nASK {}", None, "'tag' is not one of the keys"),
        ("#+ summary: Who\n#+ tags: a\nASK {}", None, "tags must be a list"),
        ("#+ summary: Who\n#+ params: x\nASK {}", None, "a key for each parameter"),
        (f"{HEADER}#+   x: integer\n{SLOT}", None, "needs a type"),
        (HEADER + PARAM.replace("integer", "number") + SLOT, None, "one of iri, code"),
        (HEADER + PARAM.replace("default", "defualt") + SLOT, None, "'defualt' is not one of"),
        (f"{HEADER}{PARAM}#+     required: true\n{SLOT}", None, "without a default"),
        (f"{HEADER}{PARAM}SELECT * {{ VALUES ?x {{ 3 }} }}", None, "exactly one line"),
        (f"{HEADER}{PARAM}{SLOT}#\n  VALUES ?x {{ 3 }}", None, "exactly one line"),
        (f"{HEADER}{PARAM}{SLOT.replace('3', '4')}", None, "differ on the default"),
        (f"{HEADER}{PARAM}{SLOT.replace('3', '3 4')}", None, "differ on the default"),
        (f"{HEADER}{PARAM}{SLOT.replace('3', '}')}", None, "not of its type"),
        (HEADER + PARAM.replace("3", "three") + SLOT, None, "not of its type"),
    ],
)
def test_faulty_questions(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    path = tmp_path / "q.rq"
    path.write_text(text)
    with pytest.raises(QuestionError, match=message) as caught:
        read_question(path)
    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == (path, line)


@given(st.lists(st.text(alphabet="#+ ab:>[],\n'&*-?", max_size=12), max_size=5))
def test_any_header_is_read_or_refused(lines: list[str]) -> None:
    text = "".join(f"#+ {line}\n" for line in lines)
    fault = None
    try:
        header = read_header(text, Path("q.rq"))
    except QuestionError as error:
        fault = error
    assert fault.place if fault else isinstance(header, dict)


def test_unreadable_question(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot be read"):
        read_question(tmp_path / "none.rq")


@pytest.mark.parametrize("path", resources.queries(), ids=lambda path: path.stem)
def test_parameters_of_shipped_questions_do_not_shadow_options(path: Path) -> None:
    options = {"data", "shipped", "store", "format", "output", "time_limit", "debug", "help"}
    assert options.isdisjoint(read_question(path).parameters)


@pytest.mark.parametrize(
    ("name", "bare", "in_full"),
    [
        ("incident", "2025-12-13-palmyra-attack", "event:2025-12-13-palmyra-attack"),
        ("policy", "official-only", "policy:official-only"),
    ],
)
def test_a_bare_name_is_accepted(name: str, bare: str, in_full: str) -> None:
    dataset = palmyra.opened()
    rows = dataset.ask("accepted-figures", **{name: bare})
    assert list(rows) == list(dataset.ask("accepted-figures", **{name: in_full}))  # type: ignore[arg-type]
    assert len(rows) > 0  # type: ignore[arg-type]
    assert dataset.describe(bare).about == dataset.describe(in_full).about


def test_bare_names_of_other_data(tmp_path: Path) -> None:
    data = tmp_path / "own.ttl"
    data.write_text("""
        @prefix tmn: <https://w3id.org/testimonia/ns#> .
        <https://own.example/id/event/fire> a tmn:Incident .
        <https://own.example/id/a/twice> a tmn:Incident . <https://own.example/b/twice> a tmn:Place .
    """)
    dataset = testimonia.open(data)
    query = dataset.bind(dataset.question("accepted-figures"), {"incident": "fire"})
    assert "VALUES ?incident { <https://own.example/id/event/fire> }" in query
    with pytest.raises(UnknownResource):  # it is the name of two things
        dataset.bind(dataset.question("accepted-figures"), {"incident": "twice"})


@pytest.mark.parametrize(
    ("question", "values", "error", "said"),
    [
        ("accepted-figures", {"policy": "oficial-only"}, UnknownPolicy, "official-only"),
        ("accepted-figures", {"policy": "policy:oficial"}, UnknownPolicy, "official-only"),
        ("timeline", {"event_type": "killed"}, ParameterError, "There are accession, air-strike"),
        ("timeline", {"event_type": "air-strik"}, ParameterError, "Did you mean air-strike"),
        ("accepted-figures", {"incident": "agnt:x"}, UnknownResource, "Did you mean agent:"),
        ("accepted-figures", {"incident": "palmyra-atack"}, UnknownResource, "palmyra-attack"),
    ],
)
def test_unknown_values_name_the_nearest(
    question: str, values: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        palmyra.opened().ask(question, **values)  # type: ignore[arg-type]
    assert said in str(caught.value)
