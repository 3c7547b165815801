"""A power curve: power against one assumption, each point with its exact interval."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTERS: dict[Shape, int] = {"wide": 64, "narrow": 32}
BELOW: dict[Shape, int] = {"wide": 104, "narrow": 40}
LABEL: dict[Shape, int] = {"wide": 25, "narrow": 14}
HEIGHT = 3.6
SWEEPS = 20
LEAST_GAP = 0.06  # of power, that a line of a label needs
BESIDE: dict[Shape, float] = {"wide": 0.45, "narrow": 0.62}  # room for labels, as a share of the axis


@dataclass(frozen=True, slots=True)
class CurveLine:
    """Name one line.

    Parameters
    ----------
    row : its row in the table; `row.number` holds the point at the value of that number.
    name : words beside the line; None for a line that stands behind another.
    series : its place among the series; a formula takes that of its outcome.
    simulated : whether points have intervals; otherwise a thin line is drawn.
    """

    row: str
    name: Text | Phrase | None
    series: int
    simulated: bool = True


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Draw power against a parameter; call it with the table.

    Parameters
    ----------
    values : of the parameter, rising.
    lines : one a test and outcome, and those of the formula.
    goal : wished power, drawn as a line.
    title, subtitle, axis, goal_name, alt : words.
    digits : decimals of the values.
    """

    values: tuple[float, ...]
    lines: tuple[CurveLine, ...]
    goal: float
    title: Phrase
    subtitle: Phrase
    axis: Phrase
    goal_name: Phrase
    alt: Phrase
    digits: int = 0

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
        with style.canvas(shape, HEIGHT + words) as figure:
            axes = figure.subplots()
            _draw(axes, table, self, lang, shape)
            figure.suptitle(title, x=0.01, ha="left", fontsize=style.TEXT + 1.5, weight="bold")
            axes.set_title(below, loc="left", fontsize=8.5, color=style.QUIET)
            yield figure


def _draw(axes: Axes, table: DisclosedTable, what: PowerCurve, lang: Language, shape: Shape) -> None:
    first, last = what.values[0], what.values[-1]
    across = (last - first) or 1.0
    left = first - 0.04 * across
    axes.plot([left, last], [what.goal] * 2, color=style.QUIET, lw=1.2, ls=(0, (5, 3)), zorder=1)
    ends: list[tuple[float, CurveLine]] = []
    for place, line in enumerate(what.lines):
        drawn = _draw_line(axes, table, what, line, place)
        if drawn is not None and line.name is not None:
            ends.append((drawn, line))
    _label(axes, ends, what, lang, shape)
    axes.set_xlim(left, last + BESIDE[shape] * across)
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1], [Percent(tick / 5).say(lang) for tick in range(6)])
    axes.set_xticks(what.values, [Number(value, what.digits).say(lang) for value in what.values])
    axes.set_xlabel(what.axis.say(lang), fontsize=style.SMALL, x=1 / (1 + BESIDE[shape]) / 2)
    axes.grid(axis="y", color=style.GRID, lw=0.7, zorder=0)
    axes.set_axisbelow(True)


def _draw_line(
    axes: Axes, table: DisclosedTable, what: PowerCurve, line: CurveLine, place: int
) -> float | None:
    """Draw a line and return its last power; None when it has no point."""
    rows = [f"{line.row}.{number}" for number in range(len(what.values))]
    seen = [(value, row) for value, row in zip(what.values, rows, strict=True)
            if table.number(row, "power") is not None]  # fmt: skip
    powers = [table.number(row, "power") or 0.0 for _, row in seen]
    if not seen:
        return None
    colour = style.colour_of(line.series)
    across = [value for value, _ in seen]
    if not line.simulated:
        axes.plot(across, powers, color=colour, lw=1.0, alpha=0.7, zorder=2)
        return powers[-1]
    # Lines of several tests stand a little apart, so that their intervals do not cover each other.
    apart = (place - len(what.lines) / 4) * 0.006 * ((what.values[-1] - what.values[0]) or 1.0)
    moved = [value + (apart if len(what.lines) > 2 else 0.0) for value in across]
    axes.plot(moved, powers, color=colour, lw=2.0, ms=6, mec="white", marker=style.marker_of(line.series),
              ls="-" if line.series == 0 else (0, (4, 1.5)), zorder=4)  # fmt: skip
    for at, (_, row) in zip(moved, seen, strict=True):
        low, high = table.number(row, "low"), table.number(row, "high")
        if low is not None and high is not None:
            axes.plot([at, at], [low, high], color=colour, lw=1.4, alpha=0.75, zorder=3)
    return powers[-1]


def _label(
    axes: Axes, ends: list[tuple[float, CurveLine]], what: PowerCurve, lang: Language, shape: Shape
) -> None:
    """Write the name of each line, and of the goal, at its end, moved apart where two would touch."""
    named = [(power, line.name.say(lang), style.colour_of(line.series)) for power, line in ends if line.name]
    labels = sorted([*named, (what.goal, what.goal_name.say(lang), style.QUIET)], key=lambda label: label[0])
    filled = [textwrap.fill(words, LABEL[shape]) for _, words, _ in labels]
    heights = [LEAST_GAP * (words.count("\n") + 1) + 0.02 for words in filled]
    places = _apart([power for power, _, _ in labels], heights)
    for y, words, (_, _, colour) in zip(places, filled, labels, strict=True):
        weight = "normal" if colour == style.QUIET else "bold"
        axes.annotate(words, (what.values[-1], y), xytext=(9, 0), textcoords="offset points", va="center",
                      color=colour, weight=weight, fontsize=8.5, annotation_clip=False,
                      bbox={"fc": "white", "ec": "none", "pad": 0.8})  # fmt: skip


def _apart(wished: list[float], heights: list[float]) -> list[float]:
    """Return rising places of labels of these heights: near what they name, not over each other."""
    places: list[float] = []
    for number, (at, height) in enumerate(zip(_pushed(wished, heights), heights, strict=True)):
        floor = places[-1] + (heights[number - 1] + height) / 2 if places else 0.0
        places.append(max(at, floor))
    roof = 1.04
    for number in reversed(range(len(places))):
        places[number] = min(places[number], roof - heights[number] / 2)
        roof = places[number] - heights[number] / 2
    return places


def _pushed(wished: list[float], heights: list[float]) -> list[float]:
    """Return places after neighbours that overlap have pushed each other apart, both alike."""
    places = list(wished)
    for _ in range(SWEEPS):
        for number in range(len(places) - 1):
            room = places[number + 1] - places[number]
            short = max((heights[number] + heights[number + 1]) / 2 - room, 0.0)
            places[number] -= short / 2
            places[number + 1] += short / 2
    return places
