"""SPARQL's functions (SPARQL 1.1 Query, section 17.4): in SQL where that means the same, otherwise left to Oxigraph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode
from rdflib import RDF

from testimonia.errors import NotCompiled
from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.calls_to_oxigraph import with_base
from testimonia.query.columnar.operands import UNBOUND, Form, Operand, bit, computed
from testimonia.query.columnar.term_ids import (
    BLANK,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    INTEGER,
    IRI,
    NUMERIC,
    OTHER,
    PAYLOAD_BITS,
    STRING,
    TAGGED,
)
from testimonia.query.columnar.unifying import same_term

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue

    from testimonia.query.columnar.expression_compiler import ExpressionCompiler

__all__ = ["BUILTINS", "NOW"]

NOW: Final = "now"
"""The parameter for the time of the query."""

_XSD: Final = PREFIXES["xsd"]
_LITERALS: Final = (STRING, TAGGED, INTEGER, COUNT, BOOLEAN, DATE, NUMERIC, DATETIME, OTHER)
_SURE_IRI: Final = r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~!$&()*+,;=:@/?#-]*"
_NO_ARGUMENTS: Final = RDF.nil
"""What rdflib makes of an empty list of arguments."""
_CASTS: Final = ("boolean", "double", "float", "decimal", "integer", "dateTime", "string", "date")


def _str(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    operand = compiler.operand(node.arg)
    return UNBOUND if operand.unbound else compiler.convert.string(operand)


def _lang(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    operand = compiler.operand(node.arg)
    if operand.unbound:
        return UNBOUND
    maybe = operand.maybe or operand.form is Form.TEXT or bool(operand.kinds & bit(IRI, BLANK))
    return computed(Form.STRING, compiler.convert.language(operand), maybe=maybe)


def _datatype(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    operand = compiler.operand(node.arg)
    if operand.form is not Form.ID or operand.unbound or operand.term is not None:
        return compiler.call("DATATYPE(?a0)", [operand])
    cases = []
    for kind, name in _TYPES.items():
        if operand.kinds & bit(kind):
            known = compiler.plan.constant(NamedNode(name)).sql
            cases.append(f"WHEN {kind} THEN {known}")
    if operand.kinds & bit(NUMERIC, DATETIME, OTHER):
        looked_up = f"{compiler.convert.dictionary(operand, 'literals')}.datatype"
        cases += [f"WHEN {kind} THEN {looked_up}" for kind in (NUMERIC, DATETIME, OTHER)]
    if not cases:
        return UNBOUND
    return Operand(Form.ID, f"(CASE {_kind(operand)} {' '.join(cases)} END)", bit(IRI))


_TYPES: Final = {
    STRING: _XSD + "string",
    TAGGED: PREFIXES["rdf"] + "langString",
    INTEGER: _XSD + "integer",
    COUNT: _XSD + "nonNegativeInteger",
    BOOLEAN: _XSD + "boolean",
    DATE: _XSD + "date",
}


def _kind(operand: Operand) -> str:
    return f"({operand.sql} >> {PAYLOAD_BITS})"


def _is_of(*kinds: int) -> Callable[[ExpressionCompiler, CompValue], Operand]:
    def test(compiler: ExpressionCompiler, node: CompValue) -> Operand:
        operand = compiler.operand(node.arg)
        if operand.unbound:
            return UNBOUND
        if operand.form is Form.TEXT:
            return _called(_TESTS[kinds], operand)(compiler)
        if operand.only(*kinds) or not operand.kinds & bit(*kinds):
            known = "TRUE" if operand.only(*kinds) else "FALSE"
            sql = (
                f"CASE WHEN {operand.sql} IS NOT NULL THEN {known} END" if operand.maybe else known
            )
            return computed(Form.BOOLEAN, sql, maybe=operand.maybe)
        listed = ", ".join(map(str, kinds))
        return computed(Form.BOOLEAN, f"({_kind(operand)} IN ({listed}))", maybe=operand.maybe)

    return test


def _called(expression: str, operand: Operand) -> Callable[[ExpressionCompiler], Operand]:
    def call(compiler: ExpressionCompiler) -> Operand:
        return computed(Form.BOOLEAN, compiler.called_condition(expression, [operand]))

    return call


_NUMBERS: Final = (INTEGER, COUNT, NUMERIC)
_TESTS: Final = {
    (IRI,): "isIRI(?a0)",
    (BLANK,): 'STRSTARTS(STR(?a0), "urn:testimonia:blank:")',
    _LITERALS: "isLiteral(?a0)",
    _NUMBERS: "isNumeric(?a0)",
}


def _same_term(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    one, other = compiler.operand(node.arg1), compiler.operand(node.arg2)
    if one.term is not None and other.term is not None:
        return computed(Form.BOOLEAN, "TRUE" if one.term == other.term else "FALSE", maybe=False)
    return computed(Form.BOOLEAN, f"({same_term(one, other, compiler.convert)})")


def _iri(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    operand = compiler.operand(node.arg)
    if operand.unbound or operand.only(IRI):
        return operand
    if operand.form is Form.STR_OF:
        return replace(operand, form=Form.ID, kinds=bit(IRI))
    expression = with_base("IRI(?a0)", compiler.plan.base)
    if operand.form is Form.STRING:
        called = compiler.call(expression, [operand])
        sure = f"regexp_full_match({operand.sql}, {compiler.plan.parameter(_SURE_IRI)})"
        sql = f"(CASE WHEN {sure} THEN {operand.sql} ELSE substr({called.sql}, 2) END)"
        return computed(Form.ADDRESS, sql)
    return compiler.call(expression, [operand])


def _is_text(operand: Operand) -> bool:
    return not operand.unbound and operand.only(STRING) and operand.form is not Form.TEXT


def _on_texts(
    form: Form, sql: str, expression: str
) -> Callable[[ExpressionCompiler, CompValue], Operand]:
    """Make a function of xsd:strings that SQL has too."""

    def compiled(compiler: ExpressionCompiler, node: CompValue) -> Operand:
        operands = [compiler.operand(part) for part in _arguments(node)]
        dynamic = any(operand.term is None for operand in operands)
        if dynamic and all(map(_is_text, operands)):
            written = [compiler.convert.lexical(operand) for operand in operands]
            return computed(form, sql.format(*written), maybe=any(o.maybe for o in operands))
        return _typed(compiler.call(expression, operands), form)

    return compiled


def _typed(operand: Operand, form: Form) -> Operand:
    """Read the boolean that a call gives."""
    if form is not Form.BOOLEAN or operand.term is not None or operand.unbound:
        return operand
    return computed(Form.BOOLEAN, f"(substr({operand.sql}, -4) = 'true')")


def _concat(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    operands = [compiler.operand(part) for part in _arguments(node)]
    if any(operand.unbound for operand in operands):
        return UNBOUND
    if operands and all(map(_is_text, operands)) and any(o.term is None for o in operands):
        sql = " || ".join(compiler.convert.lexical(operand) for operand in operands)
        return computed(Form.STRING, f"({sql})", maybe=any(o.maybe for o in operands))
    names = ", ".join(f"?a{number}" for number in range(len(operands)))
    return (
        compiler.call(f"CONCAT({names})", operands)
        if operands
        else compiler.plan.constant(Literal(""))
    )


def _substr(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    parts = [node.arg, node.start, *([node.length] if node.length is not None else [])]
    operands = [compiler.operand(part) for part in parts]
    text, *numbers = operands
    constant = all(isinstance(o.term, Literal) and compiler.convert.is_integer(o) for o in numbers)
    if _is_text(text) and text.term is None and constant and _value(numbers[0]) >= 1:
        rest = [str(_value(number)) for number in numbers]
        if len(rest) == 1 or int(rest[1]) >= 0:
            sql = f"substr({compiler.convert.lexical(text)}, {', '.join(rest)})"
            return computed(Form.STRING, sql, maybe=text.maybe)
    names = ", ".join(f"?a{number}" for number in range(len(operands)))
    return compiler.call(f"SUBSTR({names})", operands)


def _value(operand: Operand) -> int:
    return int(operand.term.value) if isinstance(operand.term, Literal) else 0


def _langmatches(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    tag, wanted = compiler.operand(node.arg1), compiler.operand(node.arg2)
    if not _is_text(tag) or not _is_text(wanted) or wanted.term is None or tag.term is not None:
        return _typed(compiler.call("LANGMATCHES(?a0, ?a1)", [tag, wanted]), Form.BOOLEAN)
    sql = compiler.convert.lexical(tag)
    if wanted.term.value == "*":
        return computed(Form.BOOLEAN, f"({sql} <> '')", maybe=tag.maybe)
    basic = wanted.term.value.lower()
    whole, start = compiler.plan.parameter(basic), compiler.plan.parameter(basic + "-")
    condition = f"(lower({sql}) = {whole} OR starts_with(lower({sql}), {start}))"
    return computed(Form.BOOLEAN, condition, maybe=tag.maybe)


def _function(compiler: ExpressionCompiler, node: CompValue) -> Operand:
    name = str(node.iri)
    if name.startswith(_XSD) and name.removeprefix(_XSD) in _CASTS:
        arguments = node.expr if isinstance(node.expr, list) else [node.expr]
        if len(arguments) == 1:
            return _cast(compiler, name.removeprefix(_XSD), compiler.operand(arguments[0]))
    raise NotCompiled(f"the function <{name}> is not compiled to SQL")


def _cast(compiler: ExpressionCompiler, name: str, operand: Operand) -> Operand:
    # A number that is not in canonical form has another text once it is cast.
    others = bit(BLANK, NUMERIC, DATETIME, OTHER)
    known = operand.form is not Form.TEXT and not operand.kinds & others
    if name == "string" and known and not operand.unbound and operand.term is None:
        return compiler.convert.string(operand)
    return compiler.call(f"xsd:{name}(?a0)", [operand])


def _now(compiler: ExpressionCompiler, _: CompValue) -> Operand:
    compiler.plan.parameters[NOW] = ""  # set when the query is run
    return computed(Form.TEXT, f"${NOW}", maybe=False)


def _random(form: Form, sql: str) -> Callable[[ExpressionCompiler, CompValue], Operand]:
    """Make a function that gives something else for each row."""
    return lambda _, __: computed(form, sql, maybe=False)


def _arguments(node: CompValue) -> list[Any]:
    """List the arguments of a function, in their order."""
    found = []
    for name in ("text", "arg", "arg1", "arg2", "arg3", "pattern", "replacement", "flags"):
        value = getattr(node, name)
        if value is not None:
            found += value if isinstance(value, list) else [value]
    return [argument for argument in found if argument != _NO_ARGUMENTS]


def _left_to_oxigraph(name: str) -> Callable[[ExpressionCompiler, CompValue], Operand]:
    def compiled(compiler: ExpressionCompiler, node: CompValue) -> Operand:
        operands = [compiler.operand(part) for part in _arguments(node)]
        names = ", ".join(f"?a{number}" for number in range(len(operands)))
        return compiler.call(f"{name}({names})", operands)

    return compiled


_EQUAL_IN_SQL: Final = {
    "CONTAINS": (Form.BOOLEAN, "contains({0}, {1})"),
    "STRSTARTS": (Form.BOOLEAN, "starts_with({0}, {1})"),
    "STRENDS": (Form.BOOLEAN, "ends_with({0}, {1})"),
}
_AS_CALLS: Final = """
    LCASE UCASE ENCODE_FOR_URI REGEX REPLACE STRBEFORE ABS CEIL FLOOR ROUND YEAR MONTH DAY HOURS MINUTES
    SECONDS TIMEZONE TZ SHA1 SHA384 SHA512 STRLANG STRDT
"""

BUILTINS: Final[dict[str, Callable[[ExpressionCompiler, CompValue], Operand]]] = {
    **{f"Builtin_{name}": _left_to_oxigraph(name) for name in _AS_CALLS.split()},
    **{
        f"Builtin_{name}": _on_texts(form, sql, f"{name}(?a0, ?a1)")
        for name, (form, sql) in _EQUAL_IN_SQL.items()
    },
    "Builtin_STRLEN": _on_texts(Form.INTEGER, "length({0})::HUGEINT", "STRLEN(?a0)"),
    "Builtin_SHA256": _on_texts(Form.STRING, "sha256({0})", "SHA256(?a0)"),
    "Builtin_MD5": _on_texts(Form.STRING, "md5({0})", "MD5(?a0)"),
    "Builtin_STRAFTER": _on_texts(
        Form.STRING,
        "(CASE WHEN contains({0}, {1}) THEN substr({0}, instr({0}, {1}) + length({1})) ELSE '' END)",
        "STRAFTER(?a0, ?a1)",
    ),
    "Builtin_STR": _str,
    "Builtin_LANG": _lang,
    "Builtin_LANGMATCHES": _langmatches,
    "Builtin_DATATYPE": _datatype,
    "Builtin_IRI": _iri,
    "Builtin_URI": _iri,
    "Builtin_sameTerm": _same_term,
    "Builtin_isIRI": _is_of(IRI),
    "Builtin_isURI": _is_of(IRI),
    "Builtin_isBLANK": _is_of(BLANK),
    "Builtin_isLITERAL": _is_of(*_LITERALS),
    "Builtin_isNUMERIC": _is_of(*_NUMBERS),
    "Builtin_NOW": _now,
    "Builtin_RAND": _random(Form.TEXT, f"('T{_XSD}double ' || random()::VARCHAR)"),
    "Builtin_UUID": _random(Form.ADDRESS, "('urn:uuid:' || uuid()::VARCHAR)"),
    "Builtin_STRUUID": _random(Form.STRING, "uuid()::VARCHAR"),
    "Builtin_CONCAT": _concat,
    "Builtin_SUBSTR": _substr,
    "Function": _function,
}
