"""Draw the estimates that other choices give, sorted, above marks of what each choice changes."""

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
from evalkit.texts.phrases import Phrase, phrase, say
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CURVE = 2.5  # inches for the estimates
ROW = 0.27  # inches for a line of marks
UPRIGHT_ROW = 0.4  # the same, where marks stand upright for want of width
HEAD = 0.78  # inches for title and subtitle
FOOT = 0.1
ROOM = {"wide": 16, "narrow": 7}  # columns that leave room for marks lying flat
LETTERS = {"wide": 76, "narrow": 32}  # of the title on one line
SUBTITLE = 1.03  # times as many letters: smaller type, beside the names of the lines
SMALLER = 8.5
MAIN = "main"
SIDES = {1: "above", 0: "neither", -1: "below"}


@dataclass(frozen=True, slots=True)
class Specification:
    """Name one estimate: its row in the table, the line that marks it, and its mark there."""

    row: str
    line: str
    mark: str | Number | None = None


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """Draw a main result among those of other choices; call it with the table.

    Parameters
    ----------
    specifications : the main result, of row and line `main`, and the others; hidden rows are not drawn.
    lines : words of each line of marks, from above.
    band : half the width of the band of no interest, in points.
    title, subtitle, axis, alt : words; the title says the finding, `alt` tells the picture to who cannot see
        it.
    banner : what must be known before all else, such as that the answers are simulated.
    """

    specifications: tuple[Specification, ...]
    lines: Mapping[str, Phrase]
    band: float
    title: Phrase
    subtitle: Phrase
    axis: Phrase
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

    @contextmanager
    def _drawn(self, table: DisclosedTable, lang: Language, shape: Shape) -> Iterator[Figure]:
        """Give the figure, estimates from the lowest to the highest."""
        kept = [
            (estimate, one)
            for one in self.specifications
            if (estimate := table.number(one.row, "estimate")) is not None
        ]
        order = [one for _, one in sorted(kept, key=lambda pair: pair[0])]
        used = {one.line for one in order}
        lines = {key: words for key, words in self.lines.items() if key in used}
        upright = len(order) > ROOM[shape] and any(one.mark is not None for one in order)
        marks = (UPRIGHT_ROW if upright else ROW) * len(lines)
        title = textwrap.fill(self.title.say(lang), LETTERS[shape])
        first = "" if self.banner is None else f"{self.banner.say(lang)} "
        below = textwrap.fill(first + self.subtitle.say(lang), round(SUBTITLE * LETTERS[shape]))
        words = 0.2 * (title.count("\n") + below.count("\n"))
        with style.canvas(shape, HEAD + words + CURVE + marks + FOOT) as figure:
            upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(CURVE, marks))
            _draw_estimates(upper, table, order, self, lang)
            _draw_marks(lower, order, lines, lang, upright=upright)
            figure.suptitle(title, x=0.01, ha="left", fontsize=style.TEXT + 1.5, weight="bold")
            upper.set_title(below, loc="left", fontsize=SMALLER, color=style.QUIET)
            yield figure


def side(table: DisclosedTable, row: str) -> int | None:
    """Return on which side of zero an interval lies: 1, -1, 0 when it holds zero; None without one."""
    low, high = table.number(row, "low"), table.number(row, "high")
    if low is None or high is None:
        return None
    return int(low > 0) - int(high < 0)


def _draw_estimates(
    axes: Axes, table: DisclosedTable, order: list[Specification], what: SpecificationCurve, lang: Language
) -> None:
    axes.axhspan(-what.band, what.band, color=style.BAND, lw=0, zorder=0)
    axes.axhline(0, color=style.QUIET, lw=1.2, zorder=1)
    own = side(table, MAIN)
    for x, one in enumerate(order):
        main = one.row == MAIN
        colour = style.ORANGE if main else style.BLUE
        estimate, low, high = (table.number(one.row, name) for name in ("estimate", "low", "high"))
        assert estimate is not None, "only shown estimates are drawn"
        if low is not None and high is not None:
            axes.plot([x, x], [low, high], color=colour, lw=3.2 if main else 1.8, alpha=0.6, zorder=2,
                      solid_capstyle="round")  # fmt: skip
        axes.plot([x], [estimate], marker="D" if main else "o", ms=8 if main else 5.5, mec=colour, mew=1.3,
                  color=colour if side(table, one.row) == own else "white", zorder=3)  # fmt: skip
    style.number_axis(axes, "y", lang, signed=True)
    axes.grid(axis="y", color=style.GRID, lw=0.7, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlim(-0.6, len(order) - 0.4)
    axes.set_ylabel(what.axis.say(lang), fontsize=style.SMALL)
    axes.tick_params(bottom=False, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def _draw_marks(
    axes: Axes,
    order: list[Specification],
    lines: Mapping[str, Phrase],
    lang: Language,
    *,
    upright: bool,
) -> None:
    places = {key: place for place, key in enumerate(lines)}
    for place in range(0, len(places), 2):
        axes.axhspan(place - 0.5, place + 0.5, color=style.BAND, alpha=0.55, lw=0, zorder=0)
    for x, one in enumerate(order):
        main = one.row == MAIN
        colour = style.ORANGE if main else style.BLUE
        if one.mark is None:
            axes.plot([x], [places[one.line]], marker="D" if main else "s", ms=6, color=colour, zorder=2)
        else:
            axes.annotate(say(one.mark, lang), (x, places[one.line]), ha="center", va="center", color=colour,
                          fontsize=SMALLER, rotation=90 if upright else 0, annotation_clip=False)  # fmt: skip
    axes.set_yticks(range(len(places)), [words.say(lang) for words in lines.values()], fontsize=style.SMALL)
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.set_ylim(len(places) - 0.5, -0.5)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def finding(table: DisclosedTable, others: list[str], outcome: object) -> Phrase:
    """Return what a curve shows, as its title.

    Parameters
    ----------
    table : columns `estimate`, `low`, `high`, with the row `main`.
    others : rows of the other choices that may be shown.
    outcome : words of the outcome.
    """
    own, sides = side(table, MAIN), [side(table, row) for row in others]
    known = [value for row in (MAIN, *others) if (value := table.number(row, "estimate")) is not None]
    if own is None:
        low, high = Number(min(known), 1, signed=True), Number(max(known), 1, signed=True)
        return phrase("sensitivity.figure.title.no_interval", outcome=outcome, low=low, high=high)
    apart = sum(one is not None and one != own for one in sides)
    if apart:
        return phrase("sensitivity.figure.title.apart", outcome=outcome, count=apart, of=len(others))
    return phrase(f"sensitivity.figure.title.{SIDES[own]}", outcome=outcome)
