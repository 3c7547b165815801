"""Pictures of diagnostics draw what may be shown, in the numbers of the language, the same each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import matplotlib.axes
import pytest

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, disclose
from evalkit.documents.blocks import Shape
from evalkit.reports.figures.dots import DotFigure, DotSeries
from evalkit.reports.figures.quantiles import QuantileFigure
from evalkit.reports.figures.waves import WaveMark, WaveSeries, WavesFigure
from evalkit.texts.phrases import phrase
from evalkit.texts.text import text_of

SHAPES: tuple[Shape, ...] = get_args(Shape)
WORD = phrase("report.words.first_measure")


def dots() -> tuple[DotFigure, DisclosedTable]:
    cells = {("a", "x"): Cell(0.25, 40), ("b", "x"): Cell(1.75, 40), ("c", "x"): Cell(3.25, 4)}
    table = disclose("t", cells, DisclosureRule(), rows=list("abc"), columns=["x"])
    rows = tuple((row, text_of(f"group {row}")) for row in "abc")
    return DotFigure(rows, (DotSeries("x", WORD),), WORD, band=(0.5, 1.5), origin=1.0), table


def shares() -> tuple[DotFigure, DisclosedTable]:
    cells = {("a", "x"): Cell(0.25, 40, "share"), ("a", "y"): Cell(0.05, 40, "share")}
    table = disclose("t", cells, DisclosureRule(), rows=["a"], columns=["x", "y"])
    series = (DotSeries("x", WORD), DotSeries("y", WORD))
    return DotFigure((("a", text_of("a")),), series, WORD, limit=0.15, share=True), table


def quantiles() -> tuple[QuantileFigure, DisclosedTable]:
    columns = ("normal", "effect", "low", "high")
    points = {"1": (-1.0, -1.1, -1.4, -0.6), "2": (0.0, 0.9, -0.3, 0.3), "3": (1.0, 1.1, 0.6, 1.4)}
    cells = {
        (row, c): Cell(v, 3 if row == "3" else 20)
        for row, values in points.items()
        for c, v in zip(columns, values, strict=True)
    }
    table = disclose("t", cells, DisclosureRule(), rows=list(points), columns=columns)
    return QuantileFigure(WORD, WORD, WORD), table


def waves() -> tuple[WavesFigure, DisclosedTable]:
    columns = ("mean", "conf_low", "conf_high", "line")
    rows = {f"{arm}/{wave}": 50.0 + k for k, (arm, wave) in enumerate((a, w) for a in "ab" for w in "12")}
    cells = {
        (row, c): Cell(mean + d, 20)
        for row, mean in rows.items()
        for c, d in zip(columns, (0.0, -2.0, 2.0, 0.1), strict=True)
    }
    table = disclose("t", cells, DisclosureRule(), rows=list(rows), columns=columns)
    marks = (WaveMark(0.0, text_of("2023")), WaveMark(1.0, text_of("2024")))
    series = tuple(WaveSeries(text_of(arm), ((f"{arm}/1", 0.0), (f"{arm}/2", 1.0))) for arm in "ab")
    return WavesFigure(marks, series, WORD), table


FIGURES = [dots, shares, quantiles, waves]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Give lists that fill with the words written and the points plotted."""
    seen: dict[str, list[Any]] = {"words": [], "points": []}
    annotate, plot = matplotlib.axes.Axes.annotate, matplotlib.axes.Axes.plot

    def noting(self: Any, text: str, *args: Any, **more: Any) -> Any:
        seen["words"].append(text)
        return annotate(self, text, *args, **more)

    def plotting(self: Any, x: Any, y: Any, **more: Any) -> Any:
        if "marker" in more:
            seen["points"].append((more["marker"], list(x)))
        return plot(self, x, y, **more)

    monkeypatch.setattr(matplotlib.axes.Axes, "annotate", noting)
    monkeypatch.setattr(matplotlib.axes.Axes, "plot", plotting)
    return seen


@pytest.mark.parametrize("make", FIGURES)
@pytest.mark.parametrize("shape", SHAPES)
def test_same_bytes_each_time(make: Callable[[], Any], shape: Shape) -> None:
    figure, table = make()
    svg = figure(table, "fr", shape)
    assert svg == figure(table, "fr", shape)
    assert "<text" not in svg


def test_numbers_are_written_as_the_language_does(drawn: dict[str, list[Any]]) -> None:
    figure, table = dots()
    figure(table, "fr", "wide")
    assert {"0,25", "1,75"} <= set(drawn["words"])
    percent, shared = shares()
    percent(shared, "fr", "wide")
    assert "25\u00a0%" in drawn["words"]


def test_hidden_rows_say_so_and_draw_no_dot(drawn: dict[str, list[Any]]) -> None:
    figure, table = dots()
    figure(table, "en", "wide")
    assert phrase("documents.hidden_short").say("en") in drawn["words"]
    assert [x for _, x in drawn["points"]] == [[0.25], [1.75]]


def test_points_outside_the_envelope_differ_in_more_than_colour(drawn: dict[str, list[Any]]) -> None:
    figure, table = quantiles()
    figure(table, "en", "wide")
    markers = {marker: x for marker, x in drawn["points"] if x}
    assert len(markers) == 2
    assert sorted(x for xs in markers.values() for x in xs) == [-1.0, 0.0]


def test_arms_differ_in_more_than_colour(drawn: dict[str, list[Any]]) -> None:
    figure, table = waves()
    figure(table, "en", "wide")
    assert len({marker for marker, _ in drawn["points"]}) == 2
