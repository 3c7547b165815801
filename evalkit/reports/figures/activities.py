"""Draw how many activities were for each age group."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.phrases import say
from evalkit.texts.text import Language, Text

ROW = 0.38
FOOT = 0.2
ROOM = 1.12  # of the longest bar, so that its number has room


@dataclass(frozen=True, slots=True)
class ActivitiesFigure:
    """Draw one bar an age group with its number; call it with the table.

    Parameters
    ----------
    groups : what each age group is called, by row of the table, from above.
    """

    groups: tuple[tuple[str, Text], ...]

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        counts = [table.number(row, "activities") or 0.0 for row, _ in self.groups]
        with style.canvas(shape, FOOT + ROW * len(self.groups)) as figure:
            axes = figure.subplots()
            axes.barh(range(len(counts)), counts, height=0.62, color=style.BLUE)
            for y, count in enumerate(counts):
                axes.annotate(say(round(count), lang), (count, y), xytext=(5, 0), textcoords="offset points",
                              va="center", weight="bold", color=style.INK)  # fmt: skip
            axes.set_yticks(range(len(counts)), [name.say(lang) for _, name in self.groups])
            axes.tick_params(axis="y", labelcolor=style.INK)
            axes.set_ylim(len(counts) - 0.4, -0.6)
            axes.set_xlim(0, ROOM * max([*counts, 1.0]))
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
            return style.to_svg(figure)
