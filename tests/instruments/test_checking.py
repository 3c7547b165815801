"""Each fault of a questionnaire is found, with its line; the shipped ones have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.instruments.checking import check_instrument
from evalkit.instruments.instrument import COLUMN_NAMES, Instrument
from evalkit.panel.panel import KEY_COLUMNS
from evalkit.responses.answer_table import KEYS
from evalkit.yaml_files import read_yaml

GOOD = """\
instrument: mine
version: "1.0"
population: resident
title: {fr: "Le mien", en: "Mine"}
options:
  agree3:
    - {value: 1, label: {fr: "Non", en: "No"}}
    - {value: 2, label: {fr: "Peut-être", en: "Maybe"}}
    - {value: 3, label: {fr: "Oui", en: "Yes"}}
  absent:
    - {value: -8, kind: dont_know, label: {fr: "Ne sais pas", en: "Don't know"}}
items:
  - {id: q1, type: single, options: agree3, absent: [dont_know], text: {fr: "Un", en: "One"}}
  - {id: q2, type: single, options: agree3, reverse: true, text: {fr: "Deux", en: "Two"}}
  - {id: q3, type: single, options: agree3, ask_if: "q1 == 1", text: {fr: "Trois", en: "Three"}}
  - {id: age, type: integer, range: [12, 110], text: {fr: "Âge", en: "Age"}}
  - {id: note, type: text, text: {fr: "Note", en: "Note"}}
  - {id: wants, type: multiple, options: agree3, required: false, text: {fr: "Souhaits", en: "Wishes"}}
  - {id: last, type: date, ask_if: "age >= 18", text: {fr: "Jour", en: "Day"}}
sections:
  - {id: all, title: {fr: "Tout", en: "All"}, items: [q1, q2, q3, age, note, wants, last]}
scales:
  - {id: s1, items: [q1, q2, q3], label: {fr: "Échelle", en: "Scale"}}
"""
LONG = " ".join(["word"] * 21)
LONGISH = " ".join(["word"] * 16)


def _found(tmp_path: Path, text: str) -> list[tuple[str, str, int | None]]:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return [(p.code, p.severity, p.where.line) for p in check_instrument(read_yaml(file, Instrument))]


def test_a_good_questionnaire_has_no_problem(tmp_path: Path) -> None:
    assert _found(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "severity", "line"),
    [
        ('text: {fr: "Un", en: "One"}', 'text: {fr: "Un"}', "instrument.missing_translation", "error", 13),
        ('{fr: "Oui", en: "Yes"}', '{fr: "Oui", en: " "}', "instrument.missing_translation", "error", 9),
        ("{id: q2,", "{id: q1,", "instrument.duplicate_id", "error", 14),
        ("{id: s1,", "{id: age,", "instrument.duplicate_id", "error", 23),
        ("{value: 3,", "{value: 2,", "instrument.duplicate_code", "error", 9),
        ("{value: 3,", "{value: -8,", "instrument.code_means_absent", "error", 9),
        ("kind: dont_know, ", "", "instrument.absent_without_kind", "error", 11),
        ("single, options: agree3, reverse", "single, reverse", "instrument.no_options", "error", 14),
        ("options: agree3, reverse", "options: agree9, reverse", "instrument.unknown_options", "error", 14),
        ("absent: [dont_know]", "absent: [refused]", "instrument.unknown_absent", "error", 13),
        ("range: [12, 110]", "range: [110, 12]", "instrument.range_reversed", "error", 16),
        (
            "type: text, text",
            "type: text, reverse: true, text",
            "instrument.reverse_without_range",
            "error",
            17,
        ),
        (
            "items: [q1, q2, q3, age, note, wants, last]",
            "items: [q1, q2, q3, age, note, wants, last, q9]",
            "instrument.unknown_item",
            "error",
            21,
        ),
        (
            "items: [q1, q2, q3, age, note, wants, last]",
            "items: [q1, q2, q3, age, wants, last]",
            "instrument.item_without_section",
            "error",
            17,
        ),
        (
            "scales:",
            "  - {id: more, title: {fr: t, en: t}, items: [q1]}\nscales:",
            "instrument.item_in_two_sections",
            "error",
            22,
        ),
        (
            "items: [q1, q2, q3], label",
            "items: [q1, q2, note], label",
            "instrument.item_not_scorable",
            "error",
            23,
        ),
        ("items: [q1, q2, q3], label", "items: [q1, q2], label", "instrument.few_items", "warning", 23),
        (
            "{id: s1,",
            "{id: s1, kind: formative, reliability: alpha,",
            "instrument.formative_alpha",
            "error",
            23,
        ),
        ('"q1 == 1"', '"q1 =="', "condition.cannot_be_read", "error", 15),
        ('"q1 == 1"', '"q9 == 1"', "condition.unknown_item", "error", 15),
        ('"q1 == 1"', '"age >= 18"', "condition.later_item", "error", 15),
        ('"q1 == 1"', '"q3 == 1"', "condition.later_item", "error", 15),
        ('"q1 == 1"', '"q1 in [1, 7]"', "condition.unknown_code", "error", 15),
        ('"age >= 18"', "\"age == '18'\"", "condition.wrong_type", "error", 19),
        ('"age >= 18"', '"note == 1"', "condition.wrong_type", "error", 19),
        ('"age >= 18"', "\"note in ['a', 1]\"", "condition.wrong_type", "error", 19),
        ('"age >= 18"', '"count(age) > 1"', "condition.wrong_type", "error", 19),
        ('"age >= 18"', "\"count(wants) > '1'\"", "condition.wrong_type", "error", 19),
        ('"age >= 18"', '"wants > 1"', "condition.wrong_type", "error", 19),
        ('"age >= 18"', '"wants == 9"', "condition.unknown_code", "error", 19),
        ("{id: age, type", "{id: age, repeat: partners, type", "condition.repeated_item", "error", 19),
        ("{id: q1,", "{id: wave,", "instrument.reserved_id", "error", 13),
        ("{id: q1,", "{id: count,", "instrument.reserved_id", "error", 13),
        ("{id: s1,", "{id: site,", "instrument.reserved_id", "error", 23),
        (
            "{value: 3, label",
            "{value: 3, kind: refused, label",
            "instrument.kind_outside_absent",
            "error",
            9,
        ),
        (
            "items:\n",
            "    - {value: -9, kind: dont_know, label: {fr: r, en: r}}\nitems:\n",
            "instrument.duplicate_kind",
            "error",
            12,
        ),
        ("range: [12, 110]", "range: [-10, 110]", "instrument.code_means_absent", "error", 16),
        ("{id: age, type", "{id: age, options: agree3, type", "instrument.options_not_used", "error", 16),
        (
            "items: [q1, q2, q3], label",
            "items: [q1, q2, q1], label",
            "instrument.item_twice_in_scale",
            "error",
            23,
        ),
        ("items: [q1, q2, q3], label", "items: [], label", "instrument.empty_scale", "error", 23),
        ("{id: q2,", "{id: q2, repeat: partners,", "instrument.item_not_scorable", "error", 23),
        (
            "items: [q1, q2, q3], label",
            "items: [q1, q2, wants], label",
            "instrument.item_not_scorable",
            "error",
            23,
        ),
        ('en: "Two"', f'en: "{LONG}"', "instrument.sentence_too_long", "warning", 14),
        ('en: "Two"', f'en: "{LONGISH}"', "instrument.sentence_long", "note", 14),
    ],
)
def test_finds(tmp_path: Path, old: str, new: str, code: str, severity: str, line: int) -> None:
    assert old in GOOD
    assert (code, severity, line) in _found(tmp_path, GOOD.replace(old, new, 1))


def test_conditions_that_fit_their_items_are_in_order(tmp_path: Path) -> None:
    for fits in (
        "count(wants) >= 2",
        "wants != 1 and wants in [1, 2]",
        "note == 'yes'",
        "not answered(note)",
    ):
        assert _found(tmp_path, GOOD.replace("age >= 18", fits)) == []


def test_line_is_that_of_the_key_when_an_item_takes_several(tmp_path: Path) -> None:
    flat = '  - {id: note, type: text, text: {fr: "Note", en: "Note"}}'
    tall = '  - id: note\n    type: text\n    text:\n      fr: "Note"\n    ask_if: "q1 = 1"'
    assert _found(tmp_path, GOOD.replace(flat, tall)) == [
        ("instrument.missing_translation", "error", 19),
        ("condition.cannot_be_read", "error", 21),
    ]


def test_columns_of_tables_are_never_ids_of_items() -> None:
    assert set(KEYS) | set(KEY_COLUMNS) <= COLUMN_NAMES


def test_two_short_sentences_are_not_one_long_one(tmp_path: Path) -> None:
    half = " ".join(["word"] * 12)
    assert _found(tmp_path, GOOD.replace('en: "Two"', f'en: "{half}. {half}."')) == []


def test_order_of_sections_decides_what_is_asked_later(tmp_path: Path) -> None:
    moved = GOOD.replace(
        "items: [q1, q2, q3, age, note, wants, last]", "items: [age, q1, q2, q3, note, wants, last]"
    )
    assert _found(tmp_path, moved.replace('"q1 == 1"', '"age >= 18"')) == []
