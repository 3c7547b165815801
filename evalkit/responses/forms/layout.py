"""How questions stand on the pages of a form: alone, in grids of neighbours, or once a partner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from evalkit.instruments.instrument import Instrument, Item
from evalkit.texts.text import Text

Kind = Literal["question", "grid", "partners"]


@dataclass(frozen=True, slots=True)
class Block:
    """Hold questions that stand together: one, several that share answers, or those about each partner."""

    kind: Kind
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Hold a section of a form and its blocks."""

    id: str
    title: Text
    intro: Text | None
    blocks: tuple[Block, ...]


def pages_of(form: Instrument) -> tuple[Page, ...]:
    """Return the pages of a questionnaire: a section each, or all questions on one.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> [block.kind for block in pages_of(shipped_instrument("partners-core"))[1].blocks]
    ['grid']
    """
    if not form.sections:
        return (Page("questions", form.title, None, tuple(blocks_of(form.items))),)
    return tuple(
        Page(section.id, section.title, section.intro, tuple(blocks_of(map(form.item, section.items))))
        for section in form.sections
    )


def blocks_of(items: Iterable[Item]) -> Iterator[Block]:
    """Give the blocks of items in their order: neighbours with the same answers and condition are a grid."""
    for _, group in groupby(items, key=_together):
        block = tuple(group)
        if block[0].repeat is not None:
            yield Block("partners", block)
        elif block[0].type == "single" and len(block) > 1:
            yield Block("grid", block)
        else:
            yield from (Block("question", (item,)) for item in block)


def _together(item: Item) -> tuple[object, ...]:
    if item.repeat is not None:
        return (item.repeat, item.ask_if)
    return ("", item.ask_if, item.type, item.options, item.absent)
