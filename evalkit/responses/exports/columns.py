"""Which column of an export holds what, by the names or the texts of the questionnaire."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Place, Problem, error
from evalkit.responses.exports.answer_words import AnswerWords, words_of
from evalkit.responses.exports.platform import Heading, Platform
from evalkit.responses.exports.words import loose_words
from evalkit.responses.foreign.table import ForeignTable

_GENERIC = re.compile(r"([a-z][a-z0-9]*)(?:___|_|\.|/)(.+)", re.DOTALL)


class Held(NamedTuple):
    """Hold what one column holds: an item, one choice of it (its code), or its answer about a partner."""

    item: str
    choice: int | None = None
    partner: str | None = None
    stem: str = ""


@dataclass(frozen=True)
class Columns:
    """Hold where everything stands in a table of an export.

    Parameters
    ----------
    whole : by item id, the columns that hold the whole answer; several after a form was changed.
    choices : by item id, groups of columns, each with a column a code.
    partners : by item id and partner as the file names it, the column.
    keys : by name of the platform's `keys`, the column.
    unknown : columns that are neither the questionnaire's nor the platform's.
    problems : columns that fit two items.
    """

    whole: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, tuple[Mapping[int, str], ...]]
    partners: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def items(self) -> frozenset[str]:
        """Return the ids of the items that stand somewhere."""
        return frozenset([*self.whole, *self.choices, *self.partners])


def find_columns(
    table: ForeignTable, platform: Platform, form: Instrument, texts: Mapping[str, str] = MappingProxyType({})
) -> Columns:
    """Find the columns of items by name or, in any language, by text; and the platform's own.

    Parameters
    ----------
    table : submissions, or the rows of a repeated group.
    texts : by column, the text of its question, where the export has both.
    """
    names = [str(name) for name in table.cells.columns]
    keys = _key_columns(names, platform)
    read = _reader(platform, form, texts)
    held = {name: read(name) for name in names if name not in keys.values()}
    unknown = [name for name, found in held.items() if not found and not platform.own.fullmatch(name)]
    problems = [
        error("platform.ambiguous_column", Place(file=table.file, column=name), items=_items(found))
        for name, found in held.items()
        if len(found) > 1
    ]
    first = {name: found[0] for name, found in held.items() if found}
    whole: dict[str, tuple[str, ...]] = {}
    groups: dict[str, dict[str, dict[int, str]]] = {}
    partners: dict[str, dict[str, str]] = {}
    for name, (item, choice, partner, stem) in first.items():
        if choice is not None:
            groups.setdefault(item, {}).setdefault(stem, {})[choice] = name
        elif partner is not None:
            partners.setdefault(item, {})[partner] = name
        else:
            whole[item] = (*whole.get(item, ()), name)
    choices = {item: tuple(found.values()) for item, found in groups.items()}
    return Columns(whole, choices, partners, keys, tuple(unknown), tuple(problems))


def _items(found: Sequence[Held]) -> str:
    return ", ".join(sorted({held.item for held in found}))


def _key_columns(names: Sequence[str], platform: Platform) -> dict[str, str]:
    exact = {name.casefold(): name for name in reversed(names)}
    loose: dict[str, str] = {}
    for name in reversed(names):
        loose |= {loose_words(h.question): name for h in platform.headings(name) if h.part is None}
    keys = {}
    for key, aliases in platform.keys.items():
        found = (exact.get(a.casefold()) or loose.get(loose_words(a)) for a in (*aliases, key))
        column = next((each for each in found if each is not None), None)
        if column is not None:
            keys[key] = column
    return keys


def _reader(
    platform: Platform, form: Instrument, texts: Mapping[str, str]
) -> Callable[[str], tuple[Held, ...]]:
    """Return the function that gives what a column of a name may hold."""
    by_text: dict[str, list[str]] = {}
    for item in form.items:
        for text in {loose_words(text) for text in item.text.root.values()}:
            by_text.setdefault(text, []).append(item.id)
    words = {item.id: words_of(form, item, platform) for item in form.items if item.type == "multiple"}

    def items_of(question: str) -> Iterable[str]:
        return [question] if question in form.items_by_id else by_text.get(loose_words(question), [])

    def read(name: str) -> tuple[Held, ...]:
        generic = _GENERIC.fullmatch(name)
        ways = [*platform.headings(name), *([Heading(*generic.groups())] if generic else [])]
        ways += platform.headings(texts[name]) if texts.get(name) else []
        for way in ways:
            found = (_held(form.item(item), way.part, words, name) for item in items_of(way.question))
            fits = tuple(held for held in found if held is not None)
            if fits:
                return fits
        return ()

    return read


def _held(item: Item, part: str | None, words: Mapping[str, AnswerWords], name: str) -> Held | None:
    if part is None:
        return Held(item.id)
    if item.repeat is not None:
        return Held(item.id, partner=part)
    if item.type != "multiple":
        return None
    codes = tuple(words[item.id].codes_of(part))
    return Held(item.id, choice=codes[0], stem=name.rpartition(part)[0]) if len(codes) == 1 else None
