"""What a claimant says of a figure besides the number is listed with it: status, share, estimate."""

from __future__ import annotations

from pathlib import Path

import testimonia
from testimonia.namespaces import shorten

SCENARIOS = Path(__file__).parents[1] / "scenarios"
ESTIMATE = """
@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix tmc: <https://w3id.org/testimonia/code/> .
@prefix ex: <https://example.org/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:deaths a tmn:CasualtyProposition ; tmn:about ex:war ; tmn:harm tmc:killed ; tmn:victims ex:people ;
    tmn:boundType tmc:interval-estimate ; tmn:confidenceLevel 0.95 ;
    tmn:lowerBound "55298"^^xsd:nonNegativeInteger ; tmn:pointEstimate "64260"^^xsd:nonNegativeInteger ;
    tmn:upperBound "78525"^^xsd:nonNegativeInteger .
ex:claim a tmn:Claim ; tmn:claimant ex:authors ; tmn:proposition ex:deaths ; tmn:stance tmc:asserts ;
    tmn:voice tmc:narration ; tmn:statedIn ex:study ; tmn:passage ex:there .
"""


def test_a_forecast_is_listed_as_such_and_does_not_stand() -> None:
    dataset = testimonia.open(SCENARIOS / "forecast-and-final" / "data.ttl")
    found = {
        shorten(str(row["claim"])): (
            shorten(str(row["figureStatus"] or "")),
            shorten(str(row["standing"] or "")),
            *(str(row[name] or "") for name in ("lowerShare", "upperShare", "window")),
        )
        for row in dataset.ask("figures-by-claimant")
    }
    whole = ("", "", "the whole event")
    assert found == {
        "claim:town-6": ("tmc:provisional", "", *whole),
        "claim:ministry-20": ("tmc:forecast", "tmc:forecast-claim", *whole),
        "claim:town-30": ("tmc:forecast", "tmc:forecast-claim", *whole),
        "claim:watch-7": ("tmc:provisional", "tmc:hedged-claim", *whole),
        "claim:ministry-9": ("tmc:final", "", *whole),
        "claim:ministry-12": ("tmc:forecast", "tmc:forecast-claim", *whole),
        "claim:watch-20": ("tmc:forecast", "tmc:not-upholding", *whole),
        "claim:watch-third": ("", "", "0.33", "0.34", ""),
    }


def test_an_estimate_is_listed_with_its_interval_and_level(tmp_path: Path) -> None:
    (tmp_path / "study.ttl").write_text(ESTIMATE, encoding="utf-8")
    (row,) = testimonia.open(tmp_path / "study.ttl").ask("figures-by-claimant")
    said = [str(row[name]) for name in ("lower", "estimate", "upper", "level")]
    assert said == ["55298", "64260", "78525", "0.95"]
