"""Draw the mean of each wave with its interval, beside the line that fits the waves best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape, Words
from evalkit.reports.figures import style
from evalkit.texts.phrases import Phrase, say
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.6
LEGEND = 0.35
APART = 0.012  # of the time covered, between the means of two arms in a wave


@dataclass(frozen=True, slots=True)
class WaveMark:
    """Place a wave on the axis: its time in years and its name."""

    time: float
    name: Words


@dataclass(frozen=True, slots=True)
class WaveSeries:
    """Hold one arm: its name, and the row of the table of each wave."""

    name: Words
    rows: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class WavesFigure:
    """Draw means and lines over time; call it with the table.

    Parameters
    ----------
    marks : where the waves stand. series : one an arm. axis : words beside the means.
    """

    marks: tuple[WaveMark, ...]
    series: tuple[WaveSeries, ...]
    axis: Phrase

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        several = len(self.series) > 1
        with style.canvas(shape, HEIGHT + (LEGEND if several else 0)) as figure:
            axes = figure.subplots()
            span = self.marks[-1].time - self.marks[0].time or 1.0
            for number, one in enumerate(self.series):
                shift = APART * span * (2 * number - len(self.series) + 1)
                _draw(axes, table, one, number, shift, lang)
            axes.set_xticks([mark.time for mark in self.marks], [say(mark.name, lang) for mark in self.marks])
            axes.set_xlim(self.marks[0].time - 0.08 * span, self.marks[-1].time + 0.08 * span)
            style.number_axis(axes, "y", lang, digits=1)
            axes.grid(axis="y", color=style.GRID, lw=0.7)
            axes.set_axisbelow(True)
            axes.set_ylabel(self.axis.say(lang), loc="top", fontsize=style.SMALL)
            if several:
                handles, labels = axes.get_legend_handles_labels()
                figure.legend(handles, labels, loc="outside upper left", frameon=False, borderpad=0,
                              ncols=len(self.series) if shape == "wide" else 1,
                              labelcolor="linecolor")  # fmt: skip
            return style.to_svg(figure)


def _draw(
    axes: Axes, table: DisclosedTable, one: WaveSeries, number: int, shift: float, lang: Language
) -> None:
    colour = style.colour_of(number)
    line = [(time, value) for row, time in one.rows if (value := table.number(row, "line")) is not None]
    dashes = (0, (4, 1.5)) if number else "-"
    axes.plot([t for t, _ in line], [v for _, v in line], color=colour, lw=1.4, alpha=0.7, ls=dashes)
    first = True
    for row, time in one.rows:
        mean, low, high = (table.number(row, column) for column in ("mean", "conf_low", "conf_high"))
        if mean is None:
            continue
        at = time + shift
        if low is not None and high is not None:
            axes.plot([at, at], [low, high], color=colour, lw=3, alpha=0.45, solid_capstyle="round")
        axes.plot([at], [mean], marker=style.marker_of(number), color=colour, mec="white", ms=8, ls="none",
                  label=say(one.name, lang) if first else None)  # fmt: skip
        first = False
