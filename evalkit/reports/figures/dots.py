"""Draw one row a group: dots for one or two numbers, beside the limits that they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape, Words
from evalkit.reports.figures import style
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase, phrase, say
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.3
FOOT = 0.65
LEGEND = 0.32
APART = 0.13  # of a row, between the dots of two series
BESIDE = 9  # points between a dot and its number


@dataclass(frozen=True, slots=True)
class DotSeries:
    """Name one number of each row: its column in the table and its words."""

    column: str
    name: Phrase


@dataclass(frozen=True, slots=True)
class DotFigure:
    """Draw rows of dots; call it with the table.

    Parameters
    ----------
    rows : id and name of each row, from above.
    series : what is drawn of each row.
    axis : words under the axis.
    limit : a dashed line, beyond which a number asks for attention; None for none.
    band : unremarkable numbers, shaded; None for none.
    share : whether numbers between 0 and 1 are written as percentages.
    digits : decimals of the numbers written.
    origin : where the stems of the dots begin: what a number is held against.
    hidden : words of a row whose numbers may not be shown, where they can be said better than everywhere.
    """

    rows: tuple[tuple[str, Words], ...]
    series: tuple[DotSeries, ...]
    axis: Phrase
    limit: float | None = None
    band: tuple[float, float] | None = None
    share: bool = False
    digits: int = 2
    origin: float = 0.0
    hidden: Phrase | None = None

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        several = len(self.series) > 1
        legend = LEGEND * (1 if shape == "wide" else len(self.series)) if several else 0.0
        each = ROW * (1.4 if several else 1.0)
        with style.canvas(shape, FOOT + each * len(self.rows) + legend) as figure:
            axes = figure.subplots()
            reach = 1.15 * max([*self._numbers(table), *(self.band or ()), 1.2 * (self.limit or 0), 1e-9])
            if self.band is not None:
                axes.axvspan(*self.band, color=style.BAND, lw=0)
                axes.axvline(self.origin, color=style.QUIET, lw=1.2)
            if self.limit is not None:
                axes.axvspan(0, self.limit, color=style.BAND, lw=0)
                axes.axvline(self.limit, color=style.QUIET, lw=1.2, ls=(0, (4, 2)))
            _frame(axes, self, reach, lang)
            for y, (row, _) in enumerate(self.rows):
                _draw_row(axes, self, table, row, y, lang)
            if several:
                _legend(figure, self, lang, len(self.series) if shape == "wide" else 1)
            return style.to_svg(figure)

    def _numbers(self, table: DisclosedTable) -> list[float]:
        found = [table.number(row, one.column) for row, _ in self.rows for one in self.series]
        return [number for number in found if number is not None]

    def written(self, value: float, lang: Language) -> str:
        """Return a number as the picture writes it."""
        return (Percent(value) if self.share else Number(value, self.digits)).say(lang)


def _draw_row(axes: Axes, what: DotFigure, table: DisclosedTable, row: str, y: int, lang: Language) -> None:
    from matplotlib.patheffects import withStroke

    halo = withStroke(linewidth=2.5, foreground="white")
    seen = [(k, table.number(row, one.column)) for k, one in enumerate(what.series)]
    numbers = [(value, k) for k, value in seen if value is not None]
    for value, k in numbers:
        colour, at = style.colour_of(k), y + APART * (2 * k - len(seen) + 1)
        axes.plot([what.origin, value], [at, at], color=colour, lw=1.6, alpha=0.45, zorder=2)
        axes.plot([value], [at], marker=style.marker_of(k), ms=8, color=colour, mec="white", ls="none",
                  zorder=3, clip_on=False)  # fmt: skip
        left = value < what.origin
        axes.annotate(
            what.written(value, lang), (value, at), xytext=(-BESIDE if left else BESIDE, 0), va="center",
            textcoords="offset points", ha="right" if left else "left", color=colour,
            fontsize=style.SMALL, annotation_clip=False, path_effects=[halo],
        )  # fmt: skip
    if not numbers:
        axes.annotate(_absent(what, table, row).say(lang), (0, y), xytext=(6, 0), va="center",
                      textcoords="offset points", color=style.QUIET, fontsize=style.SMALL)  # fmt: skip


def _absent(what: DotFigure, table: DisclosedTable, row: str) -> Phrase:
    if not any(table.hidden(row, one.column) for one in what.series):
        return phrase("documents.absent_short")
    return what.hidden or phrase("documents.hidden_short")


def _frame(axes: Axes, what: DotFigure, reach: float, lang: Language) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_yticks(range(len(what.rows)), [say(name, lang) for _, name in what.rows], fontsize=style.SMALL)
    axes.set_ylim(len(what.rows) - 0.5, -0.5)
    axes.set_xlim(0, reach)
    digits = 0 if reach > 5 else 1 if reach > 0.5 else 2
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    percent = FuncFormatter(lambda value, _: Percent(value).say(lang))
    plain = FuncFormatter(lambda value, _: Number(value, digits).say(lang))
    axes.xaxis.set_major_formatter(percent if what.share else plain)
    axes.set_xlabel(what.axis.say(lang), loc="left", fontsize=style.SMALL)


def _legend(figure: Figure, what: DotFigure, lang: Language, across: int) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker=style.marker_of(k), color=style.colour_of(k), ls="none", ms=8,
               label=one.name.say(lang))
        for k, one in enumerate(what.series)
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="outside upper left", ncols=across, frameon=False, fontsize=style.SMALL,
        borderpad=0, handletextpad=0.3,
    )  # fmt: skip
