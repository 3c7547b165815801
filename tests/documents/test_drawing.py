"""A figure is drawn once for all formats, and anew when anything that it rests on differs."""

from __future__ import annotations

from dataclasses import dataclass, field

from evalkit.disclosure import DisclosedTable, DisclosureRule, count_cell, disclose
from evalkit.documents.blocks import Figure, Shape
from evalkit.documents.drawing import png_of, size_of, svg_of
from evalkit.texts.text import Language, text_of

WORDS = text_of("w")


@dataclass(frozen=True)
class Counted:
    colour: str
    calls: list[str] = field(default_factory=list, compare=False)

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        self.calls.append(shape)
        rectangle = f'<rect width="{table.number("a", "n")}" height="8" fill="{self.colour}"/>'
        size = 'width="72pt" height="36pt" viewBox="0 0 72 36"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{rectangle}</svg>'


def figure(draw: Counted, people: int = 40) -> Figure:
    data = disclose("t", {("a", "n"): count_cell(people)}, DisclosureRule(), rows=["a"], columns=["n"])
    return Figure("f", data, draw, WORDS, (WORDS,), (WORDS,))


def test_equal_figures_are_drawn_once() -> None:
    first, again = Counted("red"), Counted("red")
    assert svg_of(figure(first), "fr", "wide") == svg_of(figure(again), "fr", "wide")
    assert (first.calls, again.calls) == (["wide"], [])


def test_another_table_drawing_language_or_shape_is_drawn_anew() -> None:
    draw = Counted("blue")
    svg_of(figure(draw), "fr", "wide")
    svg_of(figure(draw, 50), "fr", "wide")
    svg_of(figure(draw), "en", "wide")
    svg_of(figure(draw), "fr", "narrow")
    assert len(draw.calls) == 4
    assert "50" in svg_of(figure(draw, 50), "fr", "wide")
    assert "green" in svg_of(figure(Counted("green")), "fr", "wide")


def test_pixels_have_the_size_of_the_picture() -> None:
    import io

    from PIL import Image

    assert size_of(svg_of(figure(Counted("red")), "en", "wide")) == (72.0, 36.0)
    picture = Image.open(io.BytesIO(png_of(figure(Counted("red")), "en", "wide"))).convert("RGB")
    assert picture.size == (200, 100)
    assert picture.getpixel((5, 5)) == (255, 0, 0)
    assert picture.getpixel((195, 95)) == (255, 255, 255)
