"""The specification curve: sorted, marked, its finding in the title, hidden rows left out."""

from __future__ import annotations

import re
from typing import Any

import matplotlib.axes
import pytest

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, disclose
from evalkit.reports.figures.specification_curve import (
    MAIN,
    Specification,
    SpecificationCurve,
    finding,
    side,
)
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import phrase
from evalkit.texts.text import LANGUAGES, text_of

NUMBERS = {MAIN: (3.0, 1.0, 5.0, 40), "a": (2.0, -1.0, 5.0, 40), "b": (4.0, 2.0, 6.0, 40)}
FEW = {"c": (9.0, 8.0, 10.0, 4)}
WORD = phrase("sensitivity.main.row")


def table_of(numbers: dict[str, tuple[float | None, float | None, float | None, int]]) -> DisclosedTable:
    columns = ("estimate", "low", "high")
    cells = {
        (row, name): None if value is None else Cell(value, people)
        for row, (*values, people) in numbers.items()
        for name, value in zip(columns, values, strict=True)
    }
    return disclose("t", cells, DisclosureRule(), rows=list(numbers), columns=columns)


def curve(count: int = 0) -> SpecificationCurve:
    more = tuple(Specification("a", "line", Number(float(n), 1, signed=True)) for n in range(count))
    return SpecificationCurve(
        (Specification(MAIN, MAIN), Specification("a", "line", "S4"), Specification("b", "other"),
         Specification("c", "hidden", "S9"), *more),
        {MAIN: WORD, "line": WORD, "other": WORD, "hidden": WORD},
        1.5, phrase("sensitivity.figure.title.above", outcome="Cohesion & trust"), WORD, WORD, WORD,
    )  # fmt: skip


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    words: list[str] = []
    annotate = matplotlib.axes.Axes.annotate

    def noting(self: Any, text: str, *args: Any, **more: Any) -> Any:
        words.append(text)
        return annotate(self, text, *args, **more)

    monkeypatch.setattr(matplotlib.axes.Axes, "annotate", noting)
    return words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_same_bytes_each_time_without_a_date(lang: Any) -> None:
    table = table_of(NUMBERS | FEW)
    svg = curve()(table, lang)
    assert svg == curve()(table, lang) and curve().png(table, lang) == curve().png(table, lang)
    assert "<text" not in svg and not re.search(r"<dc:date>", svg)


def test_title_and_description_stand_inside(written: list[str]) -> None:
    svg, png = (draw(table_of(NUMBERS), "en") for draw in (curve().__call__, curve().png))
    assert isinstance(svg, str) and isinstance(png, bytes)
    assert "<title>Cohesion &amp; trust: whatever is chosen" in svg and "<desc>main result</desc>" in svg
    assert png.startswith(b"\x89PNG") and b"whatever is chosen" in png


def test_hidden_results_are_not_drawn(written: list[str]) -> None:
    curve()(table_of(NUMBERS | FEW), "en")
    assert written == ["S4"]


def test_marks_are_written_as_the_language_writes_numbers(written: list[str]) -> None:
    for lang, expected in zip(LANGUAGES, ("+2,0", "+2.0"), strict=True):
        written.clear()
        curve(20)(table_of(NUMBERS), lang)
        assert expected in written


def test_a_narrow_curve_is_narrow() -> None:
    table = table_of(NUMBERS)
    wide, narrow = (
        float(re.findall(r'viewBox="0 0 ([\d.]+)', curve()(table, "fr", shape))[0])
        for shape in ("wide", "narrow")
    )
    assert narrow < 0.6 * wide


def test_sides_of_zero() -> None:
    table = table_of({"up": (2.0, 1.0, 3.0, 40), "down": (-2.0, -3.0, -1.0, 40), "open": (0.0, -1.0, 1.0, 40),
                      "none": (1.0, None, None, 40)})  # fmt: skip
    assert [side(table, row) for row in ("up", "down", "open", "none")] == [1, -1, 0, None]


@pytest.mark.parametrize(
    ("main", "other", "ends"),
    [
        ((3.0, 1.0, 5.0), (3.0, 2.0, 4.0), "above"),
        ((-3.0, -5.0, -1.0), (-3.0, -4.0, -2.0), "below"),
        ((0.0, -1.0, 1.0), (0.0, -2.0, 2.0), "neither"),
        ((3.0, 1.0, 5.0), (3.0, -2.0, 8.0), "apart"),
        ((3.0, None, None), (3.0, -2.0, 8.0), "no_interval"),
    ],
)
def test_the_title_says_what_the_choices_do(main: Any, other: Any, ends: str) -> None:
    said = finding(table_of({MAIN: (*main, 40), "a": (*other, 40)}), ["a"], text_of("Cohesion"))
    assert said.key == f"sensitivity.figure.title.{ends}"
    assert all("Cohesion" in said.say(lang) for lang in LANGUAGES)
