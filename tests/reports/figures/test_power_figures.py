"""Power curves and maps: drawn in every language, labels apart, the goal and the design marked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import matplotlib.axes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, disclose
from evalkit.reports.figures.power_curve import CurveLine, PowerCurve, _apart
from evalkit.reports.figures.power_map import DARK, LIGHT, MIDDLE, PowerMap
from evalkit.texts.numbers import Percent
from evalkit.texts.phrases import phrase
from evalkit.texts.text import LANGUAGES, text_of

WORD = phrase("power.parameter.sites")
GOAL = phrase("power.curve.goal", goal=Percent(0.8))
VALUES = (10.0, 20.0, 40.0)


def table_of(cells: dict[tuple[str, str], float]) -> DisclosedTable:
    rows, columns = (list(dict.fromkeys(spot[end] for spot in cells)) for end in (0, 1))
    told = {spot: Cell(value, 100) for spot, value in cells.items()}
    return disclose("t", told, DisclosureRule(), rows=rows, columns=columns)


def curve() -> tuple[PowerCurve, DisclosedTable]:
    cells = {}
    for number, power in enumerate((0.2, 0.5, 1.0)):
        cells |= {(f"a.{number}", "power"): power, (f"a.{number}", "low"): power - 0.1}
        cells |= {(f"a.{number}", "high"): min(power + 0.1, 1.0), (f"f.{number}", "power"): power}
    lines = (CurveLine("f", None, 0, simulated=False), CurveLine("a", text_of("Cohesion"), 0),
             CurveLine("none", text_of("Absent"), 1))  # fmt: skip
    return PowerCurve(VALUES, lines, 0.8, WORD, WORD, WORD, GOAL, WORD), table_of(cells)


def power_map() -> tuple[PowerMap, DisclosedTable]:
    powers = {("20", "4"): 0.3, ("20", "6"): 0.6, ("40", "4"): 0.7, ("40", "6"): 0.999}
    return PowerMap((4, 6), (20, 40), (4, 40), 0.8, WORD, WORD, WORD, WORD, WORD), table_of(powers)


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
@pytest.mark.parametrize("shape", ["wide", "narrow"])
@pytest.mark.parametrize("picture", [curve, power_map])
def test_same_bytes_each_time_with_words_inside(picture: Any, shape: Any, lang: Any) -> None:
    drawn, table = picture()
    svg = drawn(table, lang, shape)
    assert svg == drawn(table, lang, shape) and f"<title>{WORD.say(lang)}</title>" in svg
    assert "<text" not in svg and not re.search(r"<dc:date>", svg)
    assert drawn.png(table, lang, shape).startswith(b"\x89PNG")


def test_lines_and_goal_are_named_where_they_end(written: list[str]) -> None:
    drawn, table = curve()
    drawn(table, "en")
    assert sorted(written) == ["Cohesion", "goal 80%"]


def test_numbers_stand_in_the_cells_and_none_is_certain(written: list[str]) -> None:
    drawn, table = power_map()
    drawn(table, "en")
    assert sorted(written) == ["30", "60", "70", ">99"]


def test_the_border_runs_between_what_reaches_the_goal_and_what_does_not(monkeypatch: Any) -> None:
    lines: list[tuple[list[int], list[int]]] = []
    monkeypatch.setattr(matplotlib.axes.Axes, "plot", lambda self, x, y, **more: lines.append((x, y)))
    drawn, table = power_map()
    drawn(table, "en")
    assert sorted(lines) == [([1, 1], [1, 2]), ([1, 2], [1, 1])]


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.07, 0.12])), min_size=1, max_size=6))
def test_labels_never_cover_each_other(labels: list[tuple[float, float]]) -> None:
    wished, heights = zip(*sorted(labels), strict=True)
    places = _apart(list(wished), list(heights))
    for (low, high), (below, above) in zip(pairwise(places), pairwise(heights), strict=True):
        assert high - low >= (below + above) / 2 - 1e-9


def test_colours_darken_evenly_so_that_they_read_in_grey() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, middle, dark = (lightness(colour) for colour in (LIGHT, MIDDLE, DARK))
    assert light - middle > 0.3 and middle - dark > 0.3
