"""A document with every block, to try renderers on."""

from __future__ import annotations

from evalkit.disclosure import DisclosureRule, count_cell, disclose, total
from evalkit.documents.blocks import (
    BulletList,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    KeyFact,
    KeyFacts,
    Paragraph,
    Part,
    Table,
)
from evalkit.texts.text import text_of

ATTACK = '<script>alert("x")</script> & "quotes"'
SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="10pt" height="5pt" viewBox="0 0 10 5"><metadata>m</metadata><defs><path id="p" d="M 0 0 L 9 4"/>'
    '<clipPath id="c"><rect width="4" height="4"/></clipPath></defs><use xlink:href="#p" stroke="black"/>'
    '<g clip-path="url(#c)"/></svg>'
)


def document(words: str = "Words", banner: str | None = None) -> Document:
    text = text_of(words)
    parts = [("a", "n"), ("b", "n"), ("c", "n")]
    cells = {spot: count_cell(n) for spot, n in zip(parts, (7, 31, 23), strict=True)}
    cells["all", "n"] = count_cell(61)
    data = disclose(
        "t", cells, DisclosureRule(), rows=["a", "b", "c", "all"], columns=["n"],
        relations=[total(parts, ("all", "n"))],
    )  # fmt: skip
    heads = {row: text_of(f"row {row}") for row in data.rows}
    blocks = (
        Heading(text),
        Paragraph((text, text), "note"),
        Callout(text, (BulletList(((text,),)),)),
        KeyFacts((KeyFact(text, text, (text,), "up"),)),
        Table(data, text, text, heads, (Column("n", text), Column("none", text))),
        Figure("one", data, lambda table, lang, shape: SVG, text, (text,), (text,)),
        Figure("two", data, lambda table, lang, shape: SVG, text, (text,), (text,)),
    )
    stands = text_of(banner) if banner else None
    return Document("d", 2025, text, text, text, (Part("p", text, blocks),), ("fr", "en"), stands)
