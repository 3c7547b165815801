"""How every figure looks: colours, type, numbers, and the bytes that it is saved as."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evalkit.documents.blocks import Shape
from evalkit.texts.numbers import Number
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito 2008: told apart with any colour vision; in this order also by lightness, so in grey.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#B34700", "#00735C", "#8A4B75"
SERIES = (BLUE, ORANGE, GREEN, PURPLE)
MARKERS = ("o", "s", "^", "D")
INK, QUIET, GRID, BAND = "#1d2b36", "#54626d", "#d5dce1", "#e6ebee"
WIDTH: dict[Shape, float] = {"wide": 7.2, "narrow": 3.5}  # inches: a column of text, a telephone
TEXT = 10.5
SMALL = 9.5
PIXELS = 200  # an inch, of pictures in pixels
SALT = "evalkit"  # fixed, so that the same figure is the same bytes

RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "svg.fonttype": "path",
    "svg.hashsalt": SALT,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.unicode_minus": True,
}


@contextmanager
def canvas(shape: Shape, height: float) -> Iterator[Figure]:
    """Give an empty figure in the house style.

    Parameters
    ----------
    height : inches.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with mpl.rc_context(RC):
        figure = Figure(
            figsize=(WIDTH[shape], height), layout=ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.04)
        )
        FigureCanvasSVG(figure)
        yield figure


def to_svg(figure: Figure) -> str:
    """Return the SVG of a figure: text as paths, no date, the same bytes each time."""
    import matplotlib as mpl

    with mpl.rc_context(RC):
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def described(svg: str, title: str, description: str) -> str:
    """Return an SVG that tells who cannot see it what it shows: a title and a description inside."""
    from xml.sax.saxutils import escape

    head = svg.index(">", svg.index("<svg")) + 1
    words = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return f"{svg[:head]}{words}{svg[head:]}"


def to_png(figure: Figure, title: str, description: str) -> bytes:
    """Return the pixels of a figure on white, with title and description in the file."""
    import matplotlib as mpl

    with mpl.rc_context(RC):
        file = io.BytesIO()
        words = {"Software": None, "Title": title, "Description": description}
        figure.savefig(file, format="png", dpi=PIXELS, facecolor="white", metadata=words)
    return file.getvalue()


def number_axis(axes: Axes, which: str, lang: Language, *, digits: int = 0, signed: bool = False) -> None:
    """Write the ticks of an axis as `lang` writes numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=6, integer=digits == 0, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: Number(value, digits, signed).say(lang)))


def colour_of(position: int) -> str:
    """Return the colour of the series at `position`; colours begin again when they run out."""
    return SERIES[position % len(SERIES)]


def marker_of(position: int) -> str:
    """Return the marker of the series at `position`, so that colour is never the only difference."""
    return MARKERS[position % len(MARKERS)]
