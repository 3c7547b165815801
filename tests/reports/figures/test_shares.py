"""Bars of shares write what may be shown, in each language, and nothing of what may not."""

from __future__ import annotations

from typing import Any, get_args

import matplotlib.axes
import pytest

from evalkit.disclosure import Cell, DisclosedTable, DisclosureRule, disclose
from evalkit.documents.blocks import Shape
from evalkit.reports.figures.shares import ShareFigure
from evalkit.texts.phrases import phrase
from evalkit.texts.text import LANGUAGES, text_of

SHAPES: tuple[Shape, ...] = get_args(Shape)


def shares() -> tuple[ShareFigure, DisclosedTable]:
    cells = {("a", "w1"): Cell(0.25, 40, "share"), ("a", "w2"): Cell(0.5, 40, "share")}
    cells["b", "w2"] = Cell(0.75, 4, "share")
    table = disclose("t", cells, DisclosureRule(), rows=["a", "b"], columns=["w1", "w2"])
    names = tuple((row, text_of(f"row {row}")) for row in "ab")
    return ShareFigure(names, (("w2", text_of("2024")), ("w1", text_of("2023")))), table


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


@pytest.mark.parametrize("shape", SHAPES)
def test_same_bytes_each_time(shape: Shape) -> None:
    figure, table = shares()
    assert figure(table, "fr", shape) == figure(table, "fr", shape)


def test_each_share_is_written_as_the_language_does(written: list[str]) -> None:
    figure, table = shares()
    for lang, percent in zip(LANGUAGES, ("50\u00a0%", "50%"), strict=True):
        written.clear()
        figure(table, lang, "narrow")
        assert percent in written


def test_a_hidden_share_is_said_to_be_hidden_and_an_absent_one_is_not(written: list[str]) -> None:
    figure, table = shares()
    figure(table, "en", "wide")
    assert "75%" not in written
    assert written.count(phrase("documents.hidden_short").say("en")) == 1
