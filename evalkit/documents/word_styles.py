"""The styles of a Word document: a person who edits it changes a style once, and all that has it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.documents.blocks import Tone, TypeSize
from evalkit.documents.speaking import language_tag, ui
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

FONT = "Calibri"
INK, QUIET, LINE, WASH, ACCENT, AMBER = "1D2B36", "4C5A65", "D5DCE1", "F4F7F8", "0E5A63", "5A3D00"
TONES: dict[Tone, str] = {
    "up": "005A8F", "down": "A33C00", "steady": ACCENT, "unclear": QUIET, "plain": QUIET,
}  # fmt: skip
PADDING = {"top": 120, "left": 180, "bottom": 140, "right": 180}  # twentieths of a point, inside a box
BODY: dict[TypeSize, float] = {"normal": 11.0, "large": 14.0}  # points


@dataclass(frozen=True, slots=True)
class _Look:
    """Say how a style looks.

    Parameters
    ----------
    size : times the body's.
    before, after : points.
    """

    size: float = 1.0
    colour: str = INK
    bold: bool = False
    before: float = 0.0
    after: float = 6.0
    keep: bool = False


BUILT_IN = {
    "Normal": _Look(),
    "Title": _Look(2.0, bold=True, before=8, after=14),
    "Subtitle": _Look(1.0, QUIET, after=2),
    "Heading 1": _Look(1.4, bold=True, before=22, after=8, keep=True),
    "Heading 2": _Look(1.1, bold=True, before=12, after=3, keep=True),
    "List Bullet": _Look(after=4),
    "Caption": _Look(1.0, bold=True, before=12, after=4, keep=True),
    "Header": _Look(0.85, AMBER, bold=True, after=0),
    "Footer": _Look(0.8, QUIET, after=0),
}
OWN = {
    "lead": _Look(1.15),
    "note": _Look(0.88, QUIET, before=3, after=8),
    "fact": _Look(1.0, after=0),
    "verdict": _Look(1.35, bold=True, after=2),
    "cell": _Look(0.88, before=1, after=1),
}


def apply_styles(word: WordDocument, lang: Language, type_size: TypeSize) -> None:
    """Set every style of a new Word document, and the language that its spelling is checked in."""
    from docx.enum.style import WD_STYLE_TYPE

    body = BODY[type_size]
    for name, look in BUILT_IN.items():
        _set(word.styles[name], look, body)
    for key, look in OWN.items():
        style = word.styles.add_style(ui(f"style_{key}", lang), WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        _set(style, look, body)
    _underline_title(word)
    word.styles.element.append(_table_style(ui("style_table", lang)))
    _set_language(word, language_tag(lang))


def table_style_id() -> str:
    """Return the id by which tables name their style."""
    return "EvalkitTable"


def box(cell: Any, *, fill: str | None = None, **edges: tuple[int, str]) -> None:
    """Make a cell a box: a ground, edges, room inside.

    Parameters
    ----------
    edges : width in eighths of a point and colour, by side (top, left, bottom, right).
    """
    properties = cell._tc.get_or_add_tcPr()
    if edges:
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="{width}" w:space="0" w:color="{colour}"/>'
            for side in ("top", "left", "bottom", "right")
            if side in edges
            for width, colour in [edges[side]]
        )
        properties.append(_parsed(f"<w:tcBorders {{ns}}>{sides}</w:tcBorders>"))
    if fill is not None:
        properties.append(_parsed(f'<w:shd {{ns}} w:val="clear" w:color="auto" w:fill="{fill}"/>'))
    room = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in PADDING.items())
    properties.append(_parsed(f"<w:tcMar {{ns}}>{room}</w:tcMar>"))


def _set(style: Any, look: _Look, body: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    font, room = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic = FONT, Pt(round(2 * look.size * body) / 2), look.bold, None
    font.color.rgb = RGBColor.from_string(look.colour)
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)
    room.space_before, room.space_after, room.line_spacing = Pt(look.before), Pt(look.after), 1.15
    room.keep_with_next = look.keep


def _underline_title(word: WordDocument) -> None:
    """Set a line above each part instead of the one that the library's template has under the title."""
    from docx.oxml.ns import qn

    title = word.styles["Title"].element.pPr
    for border in title.findall(qn("w:pBdr")):
        title.remove(border)
    edge = f'<w:top w:val="single" w:sz="16" w:space="6" w:color="{ACCENT}"/>'
    part = word.styles["Heading 1"].element.pPr
    part.insert_element_before(
        _parsed(f"<w:pBdr {{ns}}>{edge}</w:pBdr>"), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:outlineLvl"
    )


def _table_style(name: str) -> Any:
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{LINE}"'
    return _parsed(
        f'<w:style {{ns}} w:type="table" w:customStyle="1" w:styleId="{table_style_id()}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders><w:bottom {line}/><w:insideH {line}/></w:tblBorders></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{INK}"/></w:tcBorders>'
        f'<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
    )


def _set_language(word: WordDocument, tag: str) -> None:
    from docx.oxml.ns import qn

    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), tag)
    for language in word.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), tag)


def _parsed(xml: str) -> Any:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    return parse_xml(xml.replace("{ns}", nsdecls("w")))
