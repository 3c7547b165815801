"""Draw mean scores wave after wave, one small panel an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_HEIGHT = 1.9
LEGEND_HEIGHT = 0.35
LEAST_GAP = 9.0  # points of the scale that two labels need between them


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """Name one line: its row in the table, its words, its place among the series."""

    row: str
    name: Text | Phrase
    series: int


@dataclass(frozen=True, slots=True)
class ScorePanel:
    """Hold the lines of one outcome."""

    name: Text
    lines: tuple[ScoreLine, ...]
    range: tuple[float, float] | None = (0.0, 100.0)


@dataclass(frozen=True, slots=True)
class TrajectoryFigure:
    """Draw scores over the years; call it with the table.

    Parameters
    ----------
    years : year of each wave, by column of the table.
    """

    panels: tuple[ScorePanel, ...]
    years: tuple[tuple[str, int], ...]

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        across = 2 if shape == "wide" and len(self.panels) > 1 else 1
        down = -(-len(self.panels) // across)
        with style.canvas(shape, PANEL_HEIGHT * down + LEGEND_HEIGHT) as figure:
            grid = figure.subplots(down, across, squeeze=False)
            for position, axes in enumerate(grid.flat):
                if position < len(self.panels):
                    _draw_panel(axes, table, self.panels[position], self.years, lang)
                else:
                    axes.set_axis_off()
            if len(self.panels[0].lines) > 1:
                _legend(figure, grid.flat[0], len(self.panels[0].lines))
            return style.to_svg(figure)


def _draw_panel(
    axes: Axes, table: DisclosedTable, panel: ScorePanel, years: tuple[tuple[str, int], ...], lang: Language
) -> None:
    ends: list[tuple[float, str]] = []
    for line in panel.lines:
        points = [(year, table.number(line.row, wave)) for wave, year in years]
        seen = [(year, score) for year, score in points if score is not None]
        colour = style.colour_of(line.series)
        axes.plot(
            [year for year, _ in seen], [score for _, score in seen], color=colour, lw=2.2, ms=6,
            marker=style.marker_of(line.series), mec="white", label=line.name.say(lang),
            ls="-" if line.series == 0 else (0, (4, 1.5)),
        )  # fmt: skip
        if seen:
            ends.append((seen[-1][1], colour))
    _label_ends(axes, ends, years[-1][1], lang)
    _frame(axes, panel, years, lang)


def _label_ends(axes: Axes, ends: list[tuple[float, str]], year: int, lang: Language) -> None:
    """Write the last score of each line beside it, moved apart where two would touch."""
    placed: list[float] = []
    for score, colour in sorted(ends):
        y = max(score, placed[-1] + LEAST_GAP) if placed else score
        placed.append(y)
        axes.annotate(Number(score).say(lang), (year, y), xytext=(8, 0), textcoords="offset points",
                      va="center", color=colour, weight="bold", annotation_clip=False)  # fmt: skip


def _frame(axes: Axes, panel: ScorePanel, years: tuple[tuple[str, int], ...], lang: Language) -> None:
    axes.set_title(panel.name.say(lang), loc="left", fontsize=style.TEXT, weight="bold", color=style.INK)
    marks = [year for _, year in years]
    axes.set_xticks(marks, [str(year) for year in marks])
    axes.set_xlim(
        marks[0] - 0.15 * max(marks[-1] - marks[0], 1), marks[-1] + 0.22 * max(marks[-1] - marks[0], 1)
    )
    if panel.range is not None:
        axes.set_ylim(*panel.range)
        low, high = panel.range
        ticks = [low + part * (high - low) for part in (0, 0.25, 0.5, 0.75, 1)]
        axes.set_yticks(ticks, [Number(tick, 0).say(lang) for tick in ticks])
    else:
        style.number_axis(axes, "y", lang, digits=1)
    axes.grid(axis="y", color=style.GRID, lw=0.7)
    axes.set_axisbelow(True)


def _legend(figure: Figure, axes: Axes, series: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper left", ncols=series, frameon=False, fontsize=style.TEXT,
        labelcolor="linecolor", handlelength=2.6, borderpad=0,
    )  # fmt: skip
