"""Draw who answered in each wave: those who had answered before, and those who had not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Shape
from evalkit.reports.figures import style
from evalkit.texts.phrases import Phrase, say
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.52
FOOT = 0.35
LIGHT = "#a9d3ee"
ROOM_FOR_A_NUMBER = 0.07  # of the longest bar: a shorter piece carries its number outside


@dataclass(frozen=True, slots=True)
class AnsweringFigure:
    """Draw one bar a wave; call it with the table.

    Parameters
    ----------
    years : what each wave is called, by row of the table.
    again, new, people, few : words of the pieces and of a wave that may not be shown.
    """

    years: tuple[tuple[str, str], ...]
    again: Phrase
    new: Phrase
    people: Phrase
    few: Phrase

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        longest = max([table.number(wave, "answered") or 0 for wave, _ in self.years] + [1])
        with style.canvas(shape, FOOT + ROW * len(self.years)) as figure:
            axes = figure.subplots()
            for y, (wave, _) in enumerate(self.years):
                _draw_wave(axes, table, wave, y, longest, self.few, lang)
            axes.set_yticks(range(len(self.years)), [year for _, year in self.years], fontsize=style.TEXT)
            axes.set_ylim(len(self.years) - 0.4, -0.6)
            axes.set_xlim(0, longest * 1.02)
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
            _legend(figure, self, table, lang, shape)
            return style.to_svg(figure)


def _draw_wave(
    axes: Axes, table: DisclosedTable, wave: str, y: int, longest: float, few: Phrase, lang: Language
) -> None:
    answered, again, new = (table.number(wave, column) for column in ("answered", "again", "new"))
    if answered is None:
        axes.annotate(few.say(lang), (0, y), xytext=(4, 0), textcoords="offset points", va="center",
                      color=style.QUIET, fontsize=style.SMALL)  # fmt: skip
    elif _is_first(table, wave):
        _piece(axes, y, 0, answered, longest, LIGHT, style.INK, lang)
    elif again is None or new is None:
        _piece(axes, y, 0, answered, longest, style.QUIET, "white", lang)
    else:
        _piece(axes, y, 0, again, longest, style.BLUE, "white", lang)
        _piece(axes, y, again, new, longest, LIGHT, style.INK, lang)


def _is_first(table: DisclosedTable, wave: str) -> bool:
    """Tell whether everyone of a wave answered for the first time."""
    return table.at(wave, "again") is None


def _piece(
    axes: Axes, y: int, start: float, people: float, longest: float, colour: str, ink: str, lang: Language
) -> None:
    if people == 0:
        return
    axes.barh(y, people, left=start, height=0.62, color=colour, edgecolor="white", lw=1.5)
    if people >= ROOM_FOR_A_NUMBER * longest:
        axes.annotate(say(int(people), lang), (start + people / 2, y), ha="center", va="center", color=ink,
                      weight="bold")  # fmt: skip


def _legend(
    figure: Figure, words: AnsweringFigure, table: DisclosedTable, lang: Language, shape: Shape
) -> None:
    from matplotlib.patches import Patch

    whole = [w for w, _ in words.years if table.hidden(w, "again") and not table.hidden(w, "answered")]
    pieces = [
        (style.BLUE, words.again),
        (LIGHT, words.new),
        *([(style.QUIET, words.people)] if whole else []),
    ]
    handles = [Patch(facecolor=colour, label=name.say(lang)) for colour, name in pieces]
    figure.legend(
        handles=handles, loc="outside upper left", ncols=len(pieces) if shape == "wide" else 1,
        frameon=False, fontsize=style.SMALL, borderpad=0, handlelength=1.1, handleheight=0.9,
    )  # fmt: skip
