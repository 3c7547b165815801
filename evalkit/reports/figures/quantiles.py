"""Draw random effects beside normal ones, with the envelope that chance leaves."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language

HEIGHT = 3.0
ENVELOPE = "#c3ced6"


@dataclass(frozen=True, slots=True)
class QuantileFigure:
    """Draw a normal-quantile plot; call it with the table, which has a row a point.

    Parameters
    ----------
    normal, effect : words under and beside the axes.
    envelope : words for the shaded part.
    """

    normal: Phrase
    effect: Phrase
    envelope: Phrase

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        columns = ("normal", "effect", "low", "high")
        rows = [[table.number(row, column) for column in columns] for row in table.rows]
        points = [[n for n in row if n is not None] for row in rows]
        whole = [point for point in points if len(point) == len(columns)]
        with style.canvas(shape, HEIGHT) as figure:
            axes = figure.subplots()
            if whole:
                normal, effect, low, high = zip(*whole, strict=True)
                axes.fill_between(normal, low, high, color=ENVELOPE, lw=0, label=self.envelope.say(lang))
                axes.plot(normal, normal, color=style.QUIET, lw=1.2, zorder=1)
                out = [not a <= e <= b for e, a, b in zip(effect, low, high, strict=True)]
                for beyond, series in ((False, 0), (True, 1)):
                    some = [k for k, there in enumerate(out) if there == beyond]
                    axes.plot([normal[k] for k in some], [effect[k] for k in some], ls="none", mec="white",
                              marker=style.marker_of(series), color=style.colour_of(series),
                              ms=6 if len(whole) < 60 else 4, mew=0.5, zorder=3)  # fmt: skip
                axes.legend(loc="upper left", frameon=False, fontsize=style.SMALL, borderpad=0)
            style.number_axis(axes, "x", lang, digits=1)
            style.number_axis(axes, "y", lang, digits=1)
            axes.grid(color=style.GRID, lw=0.7)
            axes.set_axisbelow(True)
            axes.set_xlabel(self.normal.say(lang), loc="left", fontsize=style.SMALL)
            axes.set_ylabel(self.effect.say(lang), loc="top", fontsize=style.SMALL)
            return style.to_svg(figure)
