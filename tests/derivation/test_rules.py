"""Rules are read with their headers, and what is no rule is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

import scenarios
from testimonia.catalogue import resources
from testimonia.catalogue.rules import read_rule, read_rules
from testimonia.errors import QuestionError, RuleError
from testimonia.query.sparql import tokens

RULE = """#+ summary: Who says something speaks.
#+ version: 1.0.0
#+ source: Common sense, section 1
#+ subject: claim
#+ object: speaker
#+ because: >
#+   The claimant of ?claim
#+   is ?speaker.
PREFIX tmn: <https://w3id.org/testimonia/ns#>
CONSTRUCT { ?claim tmn:speaker ?speaker }
WHERE { ?claim tmn:claimant ?speaker . FILTER NOT EXISTS { ?speaker a tmn:Agent } } # }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "010-speaker.rq"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_rule_is_read(tmp_path: Path) -> None:
    rule = read_rule(written(tmp_path, RULE))
    assert (rule.name, rule.summary) == ("010-speaker", "Who says something speaks.")
    assert rule.source == "Common sense, section 1"
    assert (rule.subject, rule.object) == ("claim", "speaker")
    assert rule.because == "The claimant of ?claim is ?speaker."
    assert not rule.every_row
    assert rule.graph.value == "https://w3id.org/testimonia/id/graph/derived/010-speaker"
    assert rule.proofs.endswith(
        "\nSELECT * WHERE { ?claim tmn:claimant ?speaker . "
        "FILTER NOT EXISTS { ?speaker a tmn:Agent } }"
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("#+ subject: claim\n", "", "the header has no subject"),
        ("#+ source:", "#+ sauce:", "'sauce' is not one of the keys"),
        ("#+ source: Common sense, section 1", "#+ proof: some rows", "proof can only be"),
        ("CONSTRUCT { ?claim tmn:speaker ?speaker }\nWHERE", "ASK", "a CONSTRUCT query"),
    ],
)
def test_what_is_no_rule_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in RULE
    path = written(tmp_path, RULE.replace(old, new))
    with pytest.raises(RuleError, match=reason) as caught:
        read_rule(path)
    assert caught.value.place is not None
    assert caught.value.place.path == path


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="cannot be read"):
        read_rule(tmp_path / "none.rq")
    with pytest.raises(QuestionError, match="no header"):
        read_rule(written(tmp_path, "ASK {}"))


def test_shipped_rules_run_in_order_of_their_numbers() -> None:
    names = [rule.name for rule in read_rules(reversed(resources.rules()))]
    assert names == sorted(names)
    numbers = [int(name.partition("-")[0]) for name in names]
    assert numbers == sorted(set(numbers))


def test_sentences_use_variables_of_their_rules() -> None:
    for rule in scenarios.RULES:
        variables = {token.text for token in tokens(rule.proofs) if token.kind == "variable"}
        used = {word for word in tokens_of(rule.because) if word.startswith("?")}
        assert used, rule.name
        assert used <= variables, rule.name


def tokens_of(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.kind == "variable"]
