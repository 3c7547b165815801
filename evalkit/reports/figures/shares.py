"""Draw shares of people: for each row its name, and under it a bar for each column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape, Words
from evalkit.reports.figures import style
from evalkit.texts.numbers import Percent
from evalkit.texts.phrases import phrase, say
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE = 0.24  # inches, of a name or a bar
GAP = 0.5  # lines between rows
FULL = 1.18  # the axis goes beyond the whole, so that its number has room


@dataclass(frozen=True, slots=True)
class ShareFigure:
    """Draw bars of shares; call it with the table.

    Parameters
    ----------
    rows : name of each row, by row of the table, from above.
    columns : name of each bar, by column of the table, from above.
    """

    rows: tuple[tuple[str, Words], ...]
    columns: tuple[tuple[str, Words], ...]

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        step = 1 + len(self.columns) + GAP
        legend = 0 if len(self.columns) == 1 else 1 if shape == "wide" else len(self.columns)
        with style.canvas(shape, LINE * (step * len(self.rows) + 1.2 * legend)) as figure:
            axes = figure.subplots()
            for number, (row, name) in enumerate(self.rows):
                top = number * step
                axes.annotate(say(name, lang), (0, top), va="center", color=style.INK, fontsize=style.TEXT)
                for position, (column, _) in enumerate(self.columns):
                    _draw_bar(axes, table, (row, column), top + 1 + position, position, lang)
            axes.set_xlim(0, FULL)
            axes.set_ylim(step * len(self.rows) - 0.5, -0.6)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines["bottom"].set_visible(False)
            if legend:
                _legend(figure, self, lang, shape)
            return style.to_svg(figure)


def _draw_bar(
    axes: Axes, table: DisclosedTable, spot: tuple[str, str], y: float, position: int, lang: Language
) -> None:
    share = table.number(*spot)
    if share is not None:
        axes.barh(y, 1.0, height=0.8, color=style.BAND)
        axes.barh(y, share, height=0.8, color=style.colour_of(position))
    if share is not None or table.hidden(*spot):
        words = phrase("documents.hidden_short").say(lang) if share is None else Percent(share).say(lang)
        axes.annotate(words, (0 if share is None else 1.0, y), xytext=(5, 0), textcoords="offset points",
                      va="center", color=style.QUIET if share is None else style.INK,
                      fontsize=style.SMALL)  # fmt: skip


def _legend(figure: Figure, words: ShareFigure, lang: Language, shape: Shape) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=style.colour_of(position), label=say(name, lang))
        for position, (_, name) in enumerate(words.columns)
    ]
    figure.legend(
        handles=handles, loc="outside upper left", ncols=len(handles) if shape == "wide" else 1,
        frameon=False, fontsize=style.SMALL, borderpad=0, handlelength=1.1, handleheight=0.9,
    )  # fmt: skip
