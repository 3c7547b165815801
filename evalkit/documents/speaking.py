"""What a document says in one language, as plain text: the same words in every format."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from evalkit.disclosure import Suppressed
from evalkit.documents.blocks import Column, Document, Table, Words
from evalkit.texts.numbers import LOCALES
from evalkit.texts.phrases import phrase, say
from evalkit.texts.text import Language

REPLACEMENT = "\ufffd"  # what stands where a character cannot be written
LONGEST_NAME, SHORT_NAME, LONGEST_HEAD, LONGEST_WORD, LEAST = 34, 22, 16, 14, 4  # letters of a column
BOLD = 2  # letters that a head's longest word takes more than its own: heads are bold


def spoken(value: Words, lang: Language) -> str:
    """Return words in a language; characters that no file format bears are marked as such.

    Examples
    --------
    >>> spoken(phrase("documents.absent_mark"), "fr")
    '–'
    """
    return "".join(c if _writable(c) else REPLACEMENT for c in say(value, lang))


def joined(values: Iterable[Words], lang: Language) -> str:
    """Return sentences as one text."""
    return " ".join(spoken(value, lang) for value in values)


def ui(key: str, lang: Language) -> str:
    """Return words of the page itself, such as the note on hidden cells."""
    return phrase(f"documents.{key}").say(lang)


def language_tag(lang: Language) -> str:
    """Return the tag of a language (BCP 47).

    Examples
    --------
    >>> language_tag("fr")
    'fr-CA'
    """
    return LOCALES[lang].replace("_", "-")


def file_title(document: Document, lang: Language) -> str:
    """Return what a window or a list of files calls the document."""
    return f"{spoken(document.subtitle, lang)} – {spoken(document.title, lang)}"


def printed_rows(table: Table) -> tuple[str, ...]:
    """Return the rows of a table that are printed: those that have a name."""
    return tuple(row for row in table.data.rows if row in table.row_heads)


def cell_words(table: Table, row: str, column: Column, lang: Language) -> str:
    """Return a cell as it is printed: its number, or the mark of what is hidden or absent."""
    value = table.data.at(row, column.id)
    if isinstance(value, Suppressed):
        return ui("hidden_mark", lang)
    return ui("absent_mark", lang) if value is None else column.words(value).say(lang)


def grid_of(table: Table, lang: Language) -> tuple[tuple[str, ...], ...]:
    """Return a table as text: its heads, then its rows, each with its name first."""
    heads = (spoken(table.corner, lang), *(spoken(column.head, lang) for column in table.columns))
    rows = (
        (spoken(table.row_heads[row], lang), *(cell_words(table, row, c, lang) for c in table.columns))
        for row in printed_rows(table)
    )
    return (heads, *rows)


def hides(table: Table) -> bool:
    """Tell whether a printed cell of a table is hidden."""
    return any(table.data.hidden(row, column.id) for row in printed_rows(table) for column in table.columns)


def column_weights(
    grid: tuple[tuple[str, ...], ...], room: int = 2, *, tight: bool = False
) -> tuple[int, ...]:
    """Return how much of a page's width each column needs, in letters.

    The first column holds names, which may run over lines; the others hold numbers, which may not.

    Parameters
    ----------
    room : letters that the gap between columns takes.
    tight : whether heads and names are broken into more lines, where a table is wide.

    Examples
    --------
    >>> grid = (("Site", "People who answered"), ("A quiet place", "1,234"))
    >>> column_weights(grid), column_weights(grid, tight=True)
    ((14, 18), (14, 12))
    """
    first, *others = zip(*grid, strict=True)
    names = min(max(len(words) for words in first), SHORT_NAME if tight else LONGEST_NAME)
    return (max(names, LEAST) + room // 2, *(_column_need(column, tight) + room for column in others))


def _column_need(column: tuple[str, ...], tight: bool) -> int:
    """Return the letters that a column of numbers cannot do without."""
    head, *cells = column
    word = max(len(part) for part in _parts(head)) + BOLD
    heads = min(word, LONGEST_WORD) if tight else min(max(len(head), word), LONGEST_HEAD)
    return max(LEAST, heads, *(len(part) for words in cells for part in _parts(words)))


def _parts(words: str) -> list[str]:
    """Return the pieces of a text that no line is broken in."""
    return words.replace("\u00a0", "_").split() or [""]


def _writable(character: str) -> bool:
    return character in "\t\n" or not (
        unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff"
    )
