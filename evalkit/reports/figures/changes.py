"""Draw changes with their intervals beside the band of no interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Language, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 0.33  # inches between intervals
HEAD = 0.34  # inches for the name of an outcome on a line of its own
GAP = 0.12  # inches between outcomes
FOOT = 0.62


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Name one interval: its row in the table, its words, its place among the series."""

    row: str
    name: Text | Phrase
    series: int


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Hold the intervals of one outcome and its band of no interest, in points."""

    name: Text
    band: float
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeFigure:
    """Draw one interval a line, outcomes below each other; call it with the table."""

    groups: tuple[ChangeGroup, ...]
    axis: Phrase

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        headed = shape == "narrow" or any(len(group.lines) > 1 for group in self.groups)
        lines = sum(len(group.lines) for group in self.groups)
        height = FOOT + LINE * lines + (GAP + (HEAD if headed else 0)) * len(self.groups)
        with style.canvas(shape, height) as figure:
            axes = figure.subplots()
            top = 0.0
            for group in self.groups:
                names = _Names(headed, shape == "wide", len(group.lines) > 1)
                top = _draw_group(axes, table, group, top, lang, names)
            _frame(axes, _reach(table, self.groups), top, self.axis.say(lang), lang)
            return style.to_svg(figure)


@dataclass(frozen=True, slots=True)
class _Names:
    """Say where names stand: outcomes on lines of their own, lines named beside them on a wide page."""

    headed: bool
    beside: bool
    several: bool


def _draw_group(
    axes: Axes, table: DisclosedTable, group: ChangeGroup, top: float, lang: Language, names: _Names
) -> float:
    start = top + GAP + (HEAD if names.headed else 0.0)
    bottom = start + LINE * len(group.lines)
    axes.fill_betweenx([start, bottom], -group.band, group.band, color=style.BAND, lw=0)
    if names.headed:
        _write(axes, group.name.say(lang), 0.0, start - 0.45 * HEAD, "left", style.INK, bold=True)
    for position, line in enumerate(group.lines):
        y = start + LINE * (position + 0.5)
        colour = style.colour_of(line.series)
        if not names.headed:
            _write(axes, group.name.say(lang), -0.02, y, "right", style.INK, bold=True)
        elif names.beside and names.several:
            _write(axes, line.name.say(lang), -0.02, y, "right", colour)
        _draw_line(axes, table, line, y, lang, named=names.several and not names.beside)
    return bottom


def _draw_line(
    axes: Axes, table: DisclosedTable, line: ChangeLine, y: float, lang: Language, *, named: bool
) -> None:
    change, low, high = (table.number(line.row, column) for column in ("change", "low", "high"))
    colour = style.colour_of(line.series)
    if change is None:
        words = "documents.hidden_short" if table.hidden(line.row, "change") else "documents.absent_short"
        _write(axes, phrase(words).say(lang), 0.01, y, "left", style.QUIET)
        return
    if low is not None and high is not None:
        axes.plot([low, high], [y, y], color=colour, lw=3.5, solid_capstyle="round", alpha=0.5, zorder=2)
    axes.plot([change], [y], marker=style.marker_of(line.series), ms=8, color=colour, mec="white", zorder=3)
    written = Number(change, 1, signed=True).say(lang)
    _write(
        axes,
        f"{line.name.say(lang)} {written}" if named else written,
        1.02,
        y,
        "left",
        colour,
        bold=not named,
    )


def _write(
    axes: Axes,
    words: str,
    x: float,
    y: float,
    side: Literal["left", "right"],
    colour: str,
    *,
    bold: bool = False,
) -> None:
    """Write words at a share `x` of the width, on the line at `y`."""
    axes.annotate(words, (x, y), xycoords=("axes fraction", "data"), ha=side, va="center", color=colour,
                  weight="bold" if bold else "normal", annotation_clip=False,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip


def _reach(table: DisclosedTable, groups: Sequence[ChangeGroup]) -> float:
    """Return how far the axis runs to either side of no change: zero stays in the middle."""
    rows = [line.row for group in groups for line in group.lines]
    ends = [table.number(row, column) for row in rows for column in ("change", "low", "high")]
    return 1.08 * max([*(abs(end) for end in ends if end is not None), *(2 * g.band for g in groups), 1.0])


def _frame(axes: Axes, reach: float, bottom: float, title: str, lang: Language) -> None:
    axes.axvline(0, color=style.QUIET, lw=1.2, zorder=1)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(bottom + 0.05, 0)
    axes.set_yticks([])
    style.number_axis(axes, "x", lang, signed=True)
    axes.grid(axis="x", color=style.GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel(title, loc="left", fontsize=style.SMALL)
