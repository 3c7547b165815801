"""What changed between two versions under one id is told, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.instruments.comparing import compare_versions
from evalkit.instruments.instrument import Instrument
from evalkit.instruments.library import shipped_ids, shipped_instrument


def _content() -> dict[str, Any]:
    content = shipped_instrument("residents-core").model_dump(mode="json", by_alias=True)
    return {**content, "version": "2.0"}


def _found(content: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    problems = compare_versions(shipped_instrument("residents-core"), Instrument.model_validate(content))
    return [(p.code, p.severity, p.where.item or p.where.scale) for p in problems]


def _item(content: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in content["items"] if item["id"] == name)


@pytest.mark.parametrize("name", shipped_ids())
def test_a_questionnaire_agrees_with_itself(name: str) -> None:
    assert compare_versions(shipped_instrument(name), shipped_instrument(name)) == ()


def test_a_new_version_without_changes_is_comparable() -> None:
    assert _found(_content()) == []


def test_other_words() -> None:
    content = _content()
    _item(content, "coh2")["text"]["fr"] = "Ici, les gens s’aident."
    assert _found(content) == [("instrument.wording_changed", "warning", "coh2")]


def test_typography_is_no_change_of_words() -> None:
    content = _content()
    text = _item(content, "avoid")["text"]
    text["fr"] = text["fr"].replace("\u00a0", " ").replace("’", "'")
    assert text["fr"] != shipped_instrument("residents-core").item("avoid").text.root["fr"]
    assert _found(content) == []


def test_other_answers_break_every_item_that_offers_them() -> None:
    content = _content()
    content["options"]["health5"][0]["label"]["en"] = "Very poor"
    assert _found(content) == [("instrument.answers_changed", "warning", "health")]
    content["options"]["yesno"][0]["value"] = 2
    changed = {name for _, _, name in _found(content)}
    assert changed == {"worker", "hardevent", "health"}


@pytest.mark.parametrize(("key", "value"), [("range", [0, 120]), ("reverse", True), ("absent", [])])
def test_other_ways_to_answer(key: str, value: object) -> None:
    content = _content()
    _item(content, "age")[key] = value
    assert _found(content) == [("instrument.answers_changed", "warning", "age")]


def test_asked_of_others() -> None:
    content = _content()
    _item(content, "helped")["ask_if"] = None
    assert _found(content) == [("instrument.asked_of_others", "warning", "helped")]


def test_scored_otherwise() -> None:
    content = _content()
    content["scales"][0]["min_answered"] = 0.8
    content["scales"][1]["items"] = content["scales"][1]["items"][::-1]
    assert _found(content) == [("instrument.scoring_changed", "warning", "cohesion")]


def test_items_that_came_and_went_are_notes() -> None:
    content = _content()
    _item(content, "health")["id"] = "wellbeing"
    assert _found(content) == [
        ("instrument.item_gone", "note", "health"),
        ("instrument.item_new", "note", "wellbeing"),
    ]


def test_a_change_needs_a_new_version() -> None:
    content = {**_content(), "version": "1.0"}
    _item(content, "coh2")["text"]["en"] = "Other words."
    assert _found(content)[0][:2] == ("instrument.same_version", "error")


def test_two_questionnaires_are_not_two_versions() -> None:
    problems = compare_versions(shipped_instrument("site-log"), shipped_instrument("partners-core"))
    assert [(p.code, p.severity) for p in problems] == [("instrument.not_versions", "error")]
