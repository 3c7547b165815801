"""Write a document as a Word file that a person can edit: real styles, headings, lists, captions, tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from evalkit.documents.blocks import (
    Block,
    BulletList,
    Callout,
    Document,
    Figure,
    Heading,
    KeyFact,
    KeyFacts,
    Paragraph,
    Table,
    TypeSize,
)
from evalkit.documents.drawing import placed, png_of
from evalkit.documents.fixed_archive import dateless
from evalkit.documents.renderer import Renderer
from evalkit.documents.speaking import (
    column_weights,
    file_title,
    grid_of,
    hides,
    joined,
    language_tag,
    spoken,
    ui,
)
from evalkit.documents.word_styles import ACCENT, LINE, TONES, WASH, apply_styles, box, table_style_id
from evalkit.texts.numbers import Number
from evalkit.texts.text import Language

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table as WordTable

PAGE = (8.5, 11.0)  # inches: letter, as printers in Québec have it
MARGIN = 0.9
WIDTH = PAGE[0] - 2 * MARGIN
TALLEST: dict[TypeSize, float] = {"normal": 6.6, "large": 5.5}  # inches of a picture, beside its words
LETTER = 0.52  # of the type size: how wide a letter is, on average, in the widest of usual fonts
GAP = 5  # letters between columns
LONG = 18  # rows: a longer table goes on overleaf
SMALLEST = 0.7  # of the usual type size of tables
STYLE_OF = {"normal": "Normal"}  # the roles that Word has a style for; others have one of evalkit's own


def render(document: Document, lang: Language) -> bytes:
    """Return the Word file of a document in one language.

    Parameters
    ----------
    document : any document.
    lang : one of its languages.

    Returns
    -------
    DOCX (ISO/IEC 29500). It tells no date, so that the same document gives the same bytes.
    """
    import docx

    word = docx.Document()
    apply_styles(word, lang, document.type_size)
    _set_page(word, document, lang)
    _set_properties(word, document, lang)
    word.add_paragraph(spoken(document.title, lang), "Subtitle")
    word.add_paragraph(spoken(document.subtitle, lang), "Subtitle")
    word.add_paragraph(spoken(document.headline, lang), "Title")
    for part in document.parts:
        word.add_paragraph(spoken(part.title, lang), "Heading 1")
        for block in part.blocks:
            _write(word, block, document.type_size, lang)
    file = io.BytesIO()
    word.save(file)
    return dateless(file.getvalue())


def _write(word: WordDocument, block: Block, type_size: TypeSize, lang: Language) -> None:
    match block:
        case Heading():
            word.add_paragraph(spoken(block.words, lang), "Heading 2")
        case Paragraph() | BulletList():
            _write_text(word, block, lang)
        case Callout():
            _write_callout(word, block, lang)
        case KeyFacts():
            _write_facts(word, block, lang)
        case Table():
            _write_table(word, block, type_size, lang)
        case Figure():
            _write_figure(word, block, type_size, lang)


def _write_text(place: Any, block: Paragraph | BulletList, lang: Language) -> None:
    if isinstance(block, Paragraph):
        style = STYLE_OF.get(block.role) or ui(f"style_{block.role}", lang)
        place.add_paragraph(joined(block.sentences, lang), style)
        return
    for point in block.points:
        place.add_paragraph(joined(point, lang), "List Bullet")


def _write_callout(word: WordDocument, callout: Callout, lang: Language) -> None:
    from docx.shared import Pt

    cell = _boxes(word, 1, 1).cell(0, 0)
    box(cell, fill=WASH, left=(36, ACCENT if callout.tone == "plain" else TONES[callout.tone]))
    title = cell.paragraphs[0]
    title.style = word.styles["Caption"]
    title.paragraph_format.space_before = Pt(0)
    title.add_run(spoken(callout.title, lang))
    for inner in callout.content:
        _write_text(cell, inner, lang)
    _end(word)


def _write_facts(word: WordDocument, block: KeyFacts, lang: Language) -> None:
    boxes = _boxes(word, -(-len(block.facts) // 2), 2)
    for position, fact in enumerate(block.facts):
        _write_fact(word, boxes.cell(position // 2, position % 2), fact, lang)
    _end(word)


def _write_fact(word: WordDocument, cell: Any, fact: KeyFact, lang: Language) -> None:
    from docx.shared import RGBColor

    thin = (4, LINE)
    box(cell, top=(24, TONES[fact.tone]), left=thin, bottom=thin, right=thin)
    label = cell.paragraphs[0]
    label.style = word.styles[ui("style_fact", lang)]
    label.add_run(spoken(fact.label, lang)).bold = True
    verdict = cell.add_paragraph(style=ui("style_verdict", lang))
    verdict.add_run(spoken(fact.verdict, lang)).font.color.rgb = RGBColor.from_string(TONES[fact.tone])
    for detail in fact.detail:
        cell.add_paragraph(spoken(detail, lang), ui("style_fact", lang))


def _write_table(word: WordDocument, table: Table, type_size: TypeSize, lang: Language) -> None:
    from docx.shared import Inches

    grid = grid_of(table, lang)
    word.add_paragraph(spoken(table.caption, lang), "Caption")
    made = word.add_table(len(grid), len(grid[0]))
    _dress(made, spoken(table.caption, lang))
    weights = column_weights(grid, room=GAP)
    if sum(weights) > _letters(word, lang):
        weights = column_weights(grid, room=GAP, tight=True)
    widths = [Inches(WIDTH * weight / sum(weights)) for weight in weights]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    style = _cell_style(word, sum(weights), lang)
    rows = list(made.rows)
    for row, words in zip(rows, grid, strict=True):
        keep = row is not rows[-1] and (len(rows) <= LONG or row is rows[0])
        _fill(row, words, widths, style, is_head=row is rows[0], keep=keep)
    if hides(table):
        word.add_paragraph(ui("hidden_note", lang), ui("style_note", lang))
    else:
        _end(word)


def _letters(word: WordDocument, lang: Language) -> float:
    """Return how many letters of a table's usual text stand side by side on the page."""
    size: float = word.styles[ui("style_cell", lang)].font.size.pt
    return 72 * WIDTH / (LETTER * size)


def _cell_style(word: WordDocument, letters: int, lang: Language) -> Any:
    """Return the style of a table's text; a table of many letters has a smaller one of its own."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    usual = word.styles[ui("style_cell", lang)]
    size = usual.font.size.pt
    scale = max(SMALLEST, min(1.0, _letters(word, lang) / letters))
    if scale == 1.0:
        return usual
    small = Pt(round(2 * scale * size) / 2)
    name = f"{usual.name} {Number(small.pt).say(lang)}"
    if name not in word.styles:
        word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = usual
    word.styles[name].font.size = small
    return word.styles[name]


def _dress(made: WordTable, caption: str) -> None:
    """Give a table its style, its name for screen readers, and heads that return on every page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = made._tbl.tblPr
    properties.get_or_add_tblStyle().val = table_style_id()
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), caption)
    properties.append(name)
    for position, row in enumerate(made.rows):
        marks = row._tr.get_or_add_trPr()
        marks.append(OxmlElement("w:cantSplit"))
        if position == 0:
            marks.append(OxmlElement("w:tblHeader"))


def _fill(
    row: Any, words: tuple[str, ...], widths: list[Any], style: Any, *, is_head: bool, keep: bool
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for position, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
        cell.width = widths[position]
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        paragraph.add_run(text).bold = True if is_head else None
        paragraph.paragraph_format.keep_with_next = keep
        if position:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write_figure(word: WordDocument, figure: Figure, type_size: TypeSize, lang: Language) -> None:
    from docx.shared import Pt

    word.add_paragraph(spoken(figure.title, lang), "Caption")
    place = word.add_paragraph()
    place.paragraph_format.keep_with_next = True
    stands = placed(figure, lang, type_size, (72 * WIDTH, 72 * TALLEST[type_size]))
    pixels = io.BytesIO(png_of(figure, lang, stands.shape))
    picture = place.add_run().add_picture(pixels, width=Pt(stands.width))
    picture._inline.docPr.set("descr", joined(figure.alt, lang))
    word.add_paragraph(joined(figure.caption, lang), ui("style_note", lang))


def _boxes(word: WordDocument, rows: int, columns: int) -> WordTable:
    """Return boxes that stand side by side, none of them parted by a page."""
    from docx.oxml import OxmlElement
    from docx.shared import Inches

    boxes: WordTable = word.add_table(rows, columns)
    for row in boxes.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell in row.cells:
            cell.width = Inches(WIDTH / columns)
    return boxes


def _end(word: WordDocument) -> None:
    """Leave room below a table: Word sets what follows directly under it."""
    from docx.shared import Pt

    gap = word.add_paragraph().paragraph_format
    gap.space_after, gap.line_spacing = Pt(0), Pt(8)


def _set_page(word: WordDocument, document: Document, lang: Language) -> None:
    """Set paper, margins, the banner above every page, and name and number below it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
    from docx.shared import Inches

    section = word.sections[0]
    section.page_width, section.page_height = Inches(PAGE[0]), Inches(PAGE[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(MARGIN)
    if document.banner is not None:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.add_run(spoken(document.banner, lang))
    foot = section.footer.paragraphs[0]
    foot.style.paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(Inches(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{spoken(document.title, lang)} – {spoken(document.subtitle, lang)}\t")
    _add_field(foot, "PAGE")
    foot.add_run(" / ")
    _add_field(foot, "NUMPAGES")


def _add_field(paragraph: Any, instruction: str) -> None:
    """Add what Word computes, such as the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)


def _set_properties(word: WordDocument, document: Document, lang: Language) -> None:
    properties = word.core_properties
    properties.title = file_title(document, lang)
    properties.subject = spoken(document.headline, lang)
    properties.language = language_tag(lang)
    properties.author, properties.comments, properties.last_modified_by = "evalkit", "", ""


RENDERER = Renderer("docx", render)
