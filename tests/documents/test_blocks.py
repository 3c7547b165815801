"""A page takes disclosed tables and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.disclosure import DisclosedTable, DisclosureError, DisclosureRule, count_cell, disclose
from evalkit.documents.blocks import Column, Document, Figure, Part, Table, tables_of
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.text import text_of

WORDS = text_of("words")


def disclosed(name: str = "t") -> DisclosedTable:
    return disclose(name, {("r", "c"): count_cell(12)}, DisclosureRule(), rows=["r"], columns=["c"])


def figure(data: Any) -> Figure:
    return Figure("f", data, lambda table, lang, shape: "<svg/>", WORDS, (WORDS,), ())


@pytest.mark.parametrize("data", [{("r", "c"): 3}, [[3]], None, count_cell(3)])
def test_raw_numbers_are_refused(data: Any) -> None:
    with pytest.raises(DisclosureError):
        Table(data, WORDS, WORDS, {"r": WORDS}, (Column("c", WORDS),))
    with pytest.raises(DisclosureError):
        figure(data)


def test_a_column_says_how_its_numbers_are_written() -> None:
    assert Column("c", WORDS, digits=1, signed=True).words(2.0) == Number(2.0, 1, True)
    assert Column("c", WORDS, share=True).words(0.25) == Percent(0.25)


def test_tables_of_a_document_are_counted_once() -> None:
    first, second = disclosed("first"), disclosed("second")
    table = Table(first, WORDS, WORDS, {}, ())
    parts = (Part("a", WORDS, (table, figure(first))), Part("b", WORDS, (figure(second),)))
    document = Document("d", 2025, WORDS, WORDS, WORDS, parts, ("fr", "en"))
    assert [found.name for found in tables_of(document)] == ["first", "second"]
