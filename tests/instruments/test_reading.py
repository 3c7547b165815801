"""A questionnaire is read whole, or refused with all its errors and their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.instruments.reading import read_instrument

LINES = (
    "instrument: mine",
    'version: "1.0"',
    "population: resident",
    'title: {fr: "Le mien", en: "Mine"}',
    "options:",
    "  yesno:",
    '    - {value: 0, label: {fr: "Non", en: "No"}}',
    '    - {value: 1, label: {fr: "Oui", en: "Yes"}}',
    "items:",
    '  - {id: q1, type: single, options: yesno, text: {fr: "Un", en: "One"}}',
    '  - {id: q2, type: single, options: yesno, text: {fr: "Deux", en: "Two"}}',
)


def _write(tmp_path: Path, changes: dict[int, str]) -> Path:
    """Write the questionnaire with some lines, numbered from 1, replaced."""
    file = tmp_path / "mine.yaml"
    lines = [changes.get(number, line) for number, line in enumerate(LINES, start=1)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _refused(tmp_path: Path, changes: dict[int, str]) -> list[tuple[str, int | None]]:
    with pytest.raises(ProblemsFound) as found:
        read_instrument(_write(tmp_path, changes))
    return [(problem.code, problem.where.line) for problem in found.value.problems]


def test_reads_a_good_one(tmp_path: Path) -> None:
    form = read_instrument(str(_write(tmp_path, {})))
    assert (form.id, form.version, list(form.items_by_id)) == ("mine", "1.0", ["q1", "q2"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({7: "\t- {value: 0, label: {fr: Non, en: No}}"}, [("yaml.tab", 7)]),
        ({3: "instrument: other"}, [("yaml.duplicate_key", 3)]),
        ({4: "title: {fr: Le mien}"}, [("instrument.missing_translation", 4)]),
        ({8: "    - {value: 1, label: {fr: Oui}}"}, [("instrument.missing_translation", 8)]),
        ({2: "version: 1.0"}, [("yaml.wrong_value", 2)]),
        (
            {10: "  - {id: Q_1, type: single, options: yesno, text: {fr: Un, en: One}}"},
            [("yaml.wrong_value", 10)],
        ),
        (
            {10: "  - {id: q1, type: likert, options: yesno, text: {fr: Un, en: One}}"},
            [("yaml.wrong_value", 10)],
        ),
        ({11: "  - {id: q2, typo: 1, type: text, text: {fr: Deux, en: Two}}"}, [("yaml.unknown_key", 11)]),
        (
            {
                8: "    - {value: 0, label: {fr: Oui, en: Yes}}",
                11: "  - {id: q1, type: text, ask_if: 'q7 == 1', text: {fr: Deux, en: Too}}",
            },
            [
                ("instrument.duplicate_id", 11),
                ("instrument.duplicate_code", 8),
                ("condition.unknown_item", 11),
            ],
        ),
    ],
)
def test_refuses_with_every_error_and_its_line(
    tmp_path: Path, changes: dict[int, str], expected: list[tuple[str, int]]
) -> None:
    assert _refused(tmp_path, changes) == expected


def test_a_warning_does_not_stop_the_reading(tmp_path: Path) -> None:
    long = " ".join(["mot"] * 25)
    line = f"  - {{id: q2, type: single, options: yesno, text: {{fr: {long}, en: Two}}}}"
    assert read_instrument(_write(tmp_path, {11: line})).item("q2").text.say("fr") == long


def test_one_language_is_enough_when_it_says_so(tmp_path: Path) -> None:
    changes = {3: "population: resident\nlanguages: [fr]", 4: "title: {fr: Le mien}"}
    assert read_instrument(_write(tmp_path, changes)).languages == ("fr",)
