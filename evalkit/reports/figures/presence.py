"""Draw when a community worker was at each site, month by month."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language, Text

ROW = 0.36
FOOT = 0.6
MONTHS = 12


@dataclass(frozen=True, slots=True)
class PresenceFigure:
    """Draw a line of bars a site; call it with the table.

    Parameters
    ----------
    sites : what each site is called, by row of the table.
    present, vacant : words of the two states.
    """

    sites: tuple[tuple[str, Text], ...]
    present: Phrase
    vacant: Phrase

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        with style.canvas(shape, FOOT + ROW * len(self.sites)) as figure:
            axes = figure.subplots()
            for y, (site, _) in enumerate(self.sites):
                for first, last in _stretches(table, site):
                    axes.barh(y, last - first, left=first, height=0.55, color=style.BLUE, align="center")
                axes.plot([0, len(table.columns)], [y, y], color=style.QUIET, lw=1, ls=":", zorder=0)
            axes.set_yticks(range(len(self.sites)), [name.say(lang) for _, name in self.sites])
            axes.set_ylim(len(self.sites) - 0.4, -0.6)
            axes.set_xlim(0, len(table.columns))
            starts = [n for n, month in enumerate(table.columns) if n == 0 or month.endswith("-01")]
            if len(starts) > 1 and starts[1] < MONTHS // 3:
                starts = starts[1:]
            axes.set_xticks(starts, [table.columns[n].partition("-")[0] for n in starts])
            _legend(figure, self, lang, shape)
            return style.to_svg(figure)


def _stretches(table: DisclosedTable, site: str) -> list[tuple[int, int]]:
    """Return first and past-the-end months of each stretch in which someone was there."""
    there = [(table.number(site, month) or 0) > 0 for month in table.columns]
    found: list[tuple[int, int]] = []
    for place, now in enumerate(there):
        if now and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        elif now:
            found.append((place, place + 1))
    return found


def _legend(figure: object, words: PresenceFigure, lang: Language, shape: Shape) -> None:
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    assert isinstance(figure, Figure)
    handles = [
        Patch(facecolor=style.BLUE, label=words.present.say(lang)),
        Line2D([], [], color=style.QUIET, lw=1, ls=":", label=words.vacant.say(lang)),
    ]
    figure.legend(
        handles=handles, loc="outside upper left", ncols=2 if shape == "wide" else 1, frameon=False,
        fontsize=style.SMALL, borderpad=0, handlelength=1.3, handleheight=0.9,
    )  # fmt: skip
