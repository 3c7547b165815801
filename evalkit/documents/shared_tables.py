"""Every table that a document shares: those on its pages, and those behind its pictures."""

from __future__ import annotations

from evalkit.documents.blocks import Column, Document, Figure, Table, Words
from evalkit.texts.phrases import phrase, sentences
from evalkit.texts.text import text_of

DECIMALS = 2  # of numbers that no page prints


def shared_tables(document: Document) -> tuple[Table, ...]:
    """Return the tables of a document, each once: those in words by the order of its pages, then others.

    A figure brings its own table in words. One that has none, and draws more than the tables of the
    pages print, brings its numbers under the ids of the study.
    """
    blocks = [block for part in document.parts for block in part.blocks]
    figures = [block for block in blocks if isinstance(block, Figure)]
    offered = [block.table if isinstance(block, Figure) else block for block in blocks]
    in_words = [table for table in offered if isinstance(table, Table)]
    others = [_by_ids(figure) for figure in figures if figure.table is None]
    tables = [*in_words, *others]
    return tuple(table for place, table in enumerate(tables) if not _prints(table, tables[:place]))


def _by_ids(figure: Figure) -> Table:
    data = figure.data
    heads = {row: text_of(row) for row in data.rows}
    columns = tuple(Column(column, _measure(column), DECIMALS) for column in data.columns)
    return Table(data, figure.title, phrase("documents.row"), heads, columns)


def _measure(column: str) -> Words:
    """Return what a column holds, where it is one of the usual measures; else its id."""
    key = f"documents.measures.{column}"
    return phrase(key) if key in sentences("fr") else text_of(column)


def _prints(table: Table, others: list[Table]) -> bool:
    """Tell whether another table prints all that `table` does."""
    rows, columns = set(table.row_heads), {column.id for column in table.columns}
    return any(
        other.data == table.data and rows <= set(other.row_heads) and columns <= {c.id for c in other.columns}
        for other in others
    )
