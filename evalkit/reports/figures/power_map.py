"""A power map: power for every number of sites and of residents, and the border where it is enough."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTERS: dict[Shape, int] = {"wide": 64, "narrow": 32}
BELOW: dict[Shape, int] = {"wide": 104, "narrow": 40}
HEAD, OF_ROW, FOOT = 0.9, 0.34, 0.55  # inches
# From light to dark in even steps of lightness: read the same with any colour vision, and in grey.
LIGHT, MIDDLE, DARK = "#f4f8fb", "#5b9bc8", "#07304f"
NEARLY_ALL = 0.995
DARKENS = 0.55  # power from which numbers are white


@dataclass(frozen=True, slots=True)
class PowerMap:
    """Draw power over sites (across) and residents (up); call it with the table.

    Parameters
    ----------
    sites, residents : rising; the rows of the table are residents, its columns sites, both as text.
    current : sites and residents of the design, marked if it is among them.
    goal : wished power, whose border is drawn.
    title, subtitle, across, up, alt : words.
    """

    sites: tuple[int, ...]
    residents: tuple[int, ...]
    current: tuple[int, int]
    goal: float
    title: Phrase
    subtitle: Phrase
    across: Phrase
    up: Phrase
    alt: Phrase

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape = "wide") -> str:
        """Return the SVG, with its title and description inside."""
        with self._drawn(table, lang, shape) as figure:
            return style.described(style.to_svg(figure), self.title.say(lang), self.alt.say(lang))

    def png(self, table: DisclosedTable, lang: Language, shape: Shape = "wide") -> bytes:
        """Return the same picture as pixels on white."""
        with self._drawn(table, lang, shape) as figure:
            return style.to_png(figure, self.title.say(lang), self.alt.say(lang))

    @contextmanager
    def _drawn(self, table: DisclosedTable, lang: Language, shape: Shape) -> Iterator[Figure]:
        title = textwrap.fill(self.title.say(lang), LETTERS[shape])
        below = textwrap.fill(self.subtitle.say(lang), BELOW[shape])
        words = 0.2 * (title.count("\n") + below.count("\n"))
        with style.canvas(shape, HEAD + words + OF_ROW * len(self.residents) + FOOT) as figure:
            axes = figure.subplots()
            _draw(axes, table, self, lang)
            figure.suptitle(title, x=0.01, ha="left", fontsize=style.TEXT + 1.5, weight="bold")
            axes.set_title(below, loc="left", fontsize=8.5, color=style.QUIET)
            yield figure


def _draw(axes: Axes, table: DisclosedTable, what: PowerMap, lang: Language) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    colours = LinearSegmentedColormap.from_list("power", [LIGHT, MIDDLE, DARK])
    for x, sites in enumerate(what.sites):
        for y, residents in enumerate(what.residents):
            power = table.number(str(residents), str(sites))
            if power is None:
                continue
            axes.add_patch(Rectangle((x, y), 1, 1, fc=colours(power), ec="white", lw=0.8))
            axes.annotate(_percent(power, lang), (x + 0.5, y + 0.5), ha="center", va="center",
                          fontsize=8.5, color="white" if power > DARKENS else style.INK)  # fmt: skip
    _border(axes, table, what)
    _current(axes, what)
    axes.set_xlim(-0.03, len(what.sites) + 0.03)
    axes.set_ylim(-0.03, len(what.residents) + 0.03)
    axes.set_xticks([n + 0.5 for n in range(len(what.sites))], [Number(n, 0).say(lang) for n in what.sites])
    axes.set_yticks(
        [n + 0.5 for n in range(len(what.residents))], [Number(n, 0).say(lang) for n in what.residents]
    )
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel(what.across.say(lang), fontsize=style.SMALL)
    axes.set_ylabel(what.up.say(lang), fontsize=style.SMALL)


def _percent(power: float, lang: Language) -> str:
    """Return a power in percent; one that rounds to all is said to lie above 99."""
    return Number(100 * power, 0).say(lang) if power < NEARLY_ALL else f">{Number(99, 0).say(lang)}"


def _border(axes: Axes, table: DisclosedTable, what: PowerMap) -> None:
    """Draw a line between the cells that reach the goal and those that do not."""

    def reached(x: int, y: int) -> bool:
        power = table.number(str(what.residents[y]), str(what.sites[x]))
        return power is not None and power >= what.goal

    line: Any = {"color": style.ORANGE, "lw": 2.6, "solid_capstyle": "round", "zorder": 4}
    for x in range(len(what.sites)):
        for y in range(len(what.residents)):
            if x and reached(x, y) != reached(x - 1, y):
                axes.plot([x, x], [y, y + 1], **line)
            if y and reached(x, y) != reached(x, y - 1):
                axes.plot([x, x + 1], [y, y], **line)


def _current(axes: Axes, what: PowerMap) -> None:
    from matplotlib.patches import Rectangle

    sites, residents = what.current
    if sites in what.sites and residents in what.residents:
        corner = (what.sites.index(sites) + 0.05, what.residents.index(residents) + 0.06)
        axes.add_patch(Rectangle(corner, 0.9, 0.88, fill=False, ec=style.INK, lw=2.2, zorder=5))
