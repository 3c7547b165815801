"""Figures draw what may be shown, write numbers as the language does, and are the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args

import matplotlib.axes
import pytest

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, count_cell, disclose
from evalkit.documents.blocks import Shape
from evalkit.reports.figures.answering import AnsweringFigure
from evalkit.reports.figures.changes import ChangeFigure, ChangeGroup, ChangeLine
from evalkit.reports.figures.trajectories import ScoreLine, ScorePanel, TrajectoryFigure
from evalkit.texts.phrases import phrase
from evalkit.texts.text import LANGUAGES, text_of

SHAPES: tuple[Shape, ...] = get_args(Shape)
WORD = phrase("report.words.first_measure")
YEARS = (("w1", 2023), ("w2", 2024))


def changes() -> tuple[ChangeFigure, DisclosedTable]:
    cells = {("a", "change"): Cell(2.5, 40), ("a", "low"): Cell(-1.25, 40), ("a", "high"): Cell(6.25, 40)}
    cells |= {("b", "change"): Cell(7.5, 4), ("b", "low"): Cell(6.5, 4), ("b", "high"): Cell(8.5, 4)}
    table = disclose("t", cells, DisclosureRule(), rows=["a", "b"], columns=["change", "low", "high"])
    lines = tuple(ChangeLine(row, text_of(f"group {row}"), n) for n, row in enumerate("ab"))
    return ChangeFigure((ChangeGroup(text_of("Outcome"), 1.5, lines),), WORD), table


def trajectories() -> tuple[TrajectoryFigure, DisclosedTable]:
    cells = {("a", "w1"): Cell(50.5, 40), ("a", "w2"): Cell(52.25, 40), ("b", "w1"): Cell(50.0, 4)}
    cells["b", "w2"] = Cell(51.0, 40)
    table = disclose("t", cells, DisclosureRule(), rows=["a", "b"], columns=["w1", "w2"])
    lines = tuple(ScoreLine(row, text_of(f"group {row}"), n) for n, row in enumerate("ab"))
    return TrajectoryFigure((ScorePanel(text_of("Outcome"), lines),), YEARS), table


def answering() -> tuple[AnsweringFigure, DisclosedTable]:
    cells = {("w1", "answered"): count_cell(40), ("w2", "answered"): count_cell(45)}
    cells |= {("w2", "again"): count_cell(30), ("w2", "new"): count_cell(15)}
    table = disclose("t", cells, DisclosureRule(), rows=["w1", "w2"], columns=["answered", "again", "new"])
    return AnsweringFigure((("w1", "2023"), ("w2", "2024")), WORD, WORD, WORD, WORD), table


FIGURES = [changes, trajectories, answering]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that fills with the words that figures write."""
    words: list[str] = []
    annotate = matplotlib.axes.Axes.annotate

    def noting(self: Any, text: str, *args: Any, **more: Any) -> Any:
        words.append(text)
        return annotate(self, text, *args, **more)

    monkeypatch.setattr(matplotlib.axes.Axes, "annotate", noting)
    return words


@pytest.mark.parametrize("make", FIGURES)
@pytest.mark.parametrize("shape", SHAPES)
def test_same_bytes_each_time(make: Callable[[], Any], shape: Shape) -> None:
    figure, table = make()
    assert figure(table, "fr", shape) == figure(table, "fr", shape)


@pytest.mark.parametrize("make", FIGURES)
def test_text_is_drawn_as_paths_and_no_date_is_kept(make: Callable[[], Any]) -> None:
    figure, table = make()
    svg = figure(table, "en", "wide")
    assert "<text" not in svg
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\d", svg)


@pytest.mark.parametrize("make", FIGURES)
def test_a_narrow_figure_is_narrow(make: Callable[[], Any]) -> None:
    figure, table = make()
    wide, narrow = (
        float(re.findall(r'viewBox="0 0 ([\d.]+)', figure(table, "fr", shape))[0])
        for shape in ("wide", "narrow")
    )
    assert narrow < 0.6 * wide


def test_each_language_writes_its_numbers(written: list[str]) -> None:
    figure, table = trajectories()
    for lang, mark in zip(LANGUAGES, (",", "."), strict=True):
        written.clear()
        figure(table, lang, "wide")
        assert f"52{mark}2" in written


def test_hidden_changes_are_not_drawn(written: list[str]) -> None:
    figure, table = changes()
    svg = figure(table, "en", "wide")
    assert "+2.5" in written
    assert not {"+7.5", "7.5"} & set(written)
    assert phrase("documents.hidden_short").say("en") in written
    assert svg.count("clip-path") > 0


def test_pieces_of_a_bar_carry_their_counts(written: list[str]) -> None:
    figure, table = answering()
    figure(table, "en", "wide")
    assert {"40", "30", "15"} <= set(written)
