"""An event that nobody lived through, in the columns of UCDP GED that every edition has."""

from __future__ import annotations

EVENT: dict[str, str | None] = {
    "id": "1",
    "conflict_new_id": "2",
    "dyad_new_id": "3",
    "side_a_new_id": "4",
    "side_b_new_id": "5",
    "country_id": "6",
    "conflict_name": "Hills",
    "dyad_name": "Government of Hills - Reds",
    "side_a": "Government of Hills",
    "side_b": "Reds",
    "country": "Hills",
    "type_of_violence": "1",
    "date_start": "2024-01-01",
    "date_end": "2024-01-02",
    "deaths_a": "1",
    "deaths_b": "2",
    "deaths_civilians": "0",
    "deaths_unknown": None,
    "best": "3",
    "low": "3",
    "high": "4.0",
    "latitude": "7.5",
    "longitude": "-1",
}
