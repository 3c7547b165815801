"""A forest: one contrast by every method, and by the default without each site."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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

MAIN = "default"
LETTERS: dict[Shape, int] = {"wide": 64, "narrow": 32}
BELOW: dict[Shape, int] = {"wide": 74, "narrow": 30}
LABEL: dict[Shape, int] = {"wide": 34, "narrow": 20}
HEAD, LINE, OF_LABEL, FOOT = 0.7, 0.36, 0.16, 0.6  # inches


@dataclass(frozen=True, slots=True)
class Forest:
    """Draw intervals one under the other; call it with the table.

    Parameters
    ----------
    methods, without : names of the rows, by row of the table, from above: methods, the default first, then
        the default without each site. A method without an interval is drawn as its estimate alone.
    band : half the width of the band of no interest, in points.
    title, subtitle, axis, parting, alt : words; `parting` stands over the sites that are left out.
    banner : what must be known before all else, such as that the answers are simulated.
    """

    methods: Mapping[str, Phrase]
    without: Mapping[str, Phrase | Text]
    band: float
    title: Phrase
    subtitle: Phrase
    axis: Phrase
    parting: Phrase
    alt: Phrase
    banner: Phrase | None = None

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape = "wide") -> str:
        """Return the SVG, with its title and description inside."""
        with self._drawn(table, lang, shape) as figure:
            return style.described(style.to_svg(figure), self.title.say(lang), self.alt.say(lang))

    def png(self, table: DisclosedTable, lang: Language, shape: Shape = "wide") -> bytes:
        """Return the same picture as pixels on white, with its title and description inside."""
        with self._drawn(table, lang, shape) as figure:
            return style.to_png(figure, self.title.say(lang), self.alt.say(lang))

    def labels(self, lang: Language, shape: Shape) -> list[str]:
        """Return the names of the rows, in lines as long as the shape bears."""
        names = [*self.methods.values(), *self.without.values()]
        return [textwrap.fill(name.say(lang), LABEL[shape]) for name in names]

    @contextmanager
    def _drawn(self, table: DisclosedTable, lang: Language, shape: Shape) -> Iterator[Figure]:
        """Give the figure."""
        title = textwrap.fill(self.title.say(lang), LETTERS[shape])
        first = "" if self.banner is None else f"{self.banner.say(lang)} "
        below = textwrap.fill(first + self.subtitle.say(lang), BELOW[shape])
        rows = len(self.methods) + len(self.without) + (1 if self.without else 0)
        most = max(label.count("\n") + 1 for label in self.labels(lang, shape))
        words = 0.2 * (title.count("\n") + below.count("\n"))
        with style.canvas(shape, HEAD + words + max(LINE, OF_LABEL * most + 0.04) * rows + FOOT) as figure:
            axes = figure.subplots()
            _draw(axes, table, self, lang, shape)
            figure.suptitle(title, x=0.01, ha="left", fontsize=style.TEXT + 1.5, weight="bold")
            axes.set_title(below, loc="left", fontsize=8.5, color=style.QUIET, x=0.0)
            yield figure


def _draw(axes: Axes, table: DisclosedTable, what: Forest, lang: Language, shape: Shape) -> None:
    axes.axvspan(-what.band, what.band, color=style.BAND, lw=0, zorder=0)
    axes.axvline(0, color=style.QUIET, lw=1.2, zorder=1)
    parting = len(what.methods)
    rows = [*what.methods, *what.without]
    places = {row: n if row in what.methods else n + 1 for n, row in enumerate(rows)}
    for row, place in places.items():
        _draw_row(axes, table, row, place, lang)
    axes.set_yticks([*places.values()], what.labels(lang, shape), fontsize=style.SMALL - 0.5)
    if what.without:
        axes.annotate(what.parting.say(lang), (0.0, parting), xycoords=("axes fraction", "data"), va="center",
                      fontsize=style.SMALL, weight="bold", color=style.INK,
                      bbox={"fc": "white", "ec": "none", "pad": 1.5})  # fmt: skip
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.set_ylim(len(rows) + (0.5 if what.without else -0.5), -0.6)
    style.number_axis(axes, "x", lang, signed=True)
    axes.grid(axis="x", color=style.GRID, lw=0.7, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel(what.axis.say(lang), fontsize=style.SMALL)


def _draw_row(axes: Axes, table: DisclosedTable, row: str, place: int, lang: Language) -> None:
    main = row == MAIN
    colour = style.ORANGE if main else style.BLUE
    estimate, low, high = (table.number(row, name) for name in ("estimate", "low", "high"))
    if estimate is None:
        return
    if low is not None and high is not None:
        axes.plot([low, high], [place, place], color=colour, lw=3.2 if main else 2.0, alpha=0.6, zorder=2,
                  solid_capstyle="round")  # fmt: skip
    # Without an interval the mark is hollow, so that colour is not the only difference.
    filled = low is not None and high is not None
    axes.plot([estimate], [place], marker="D" if main else "o", ms=8 if main else 6, mec=colour, mew=1.3,
              color=colour if filled else "white", zorder=3)  # fmt: skip
    said = Number(estimate, 1, signed=True).say(lang)
    axes.annotate(said, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL,
                  color=colour, annotation_clip=False)  # fmt: skip
