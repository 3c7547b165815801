"""Which column of a file feeds what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Place, Problem, error, note
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import AnswerMap

KEY_COLUMNS = ("site", "language", "mode", "interviewer", "started", "ended")
# Platforms part the name of a question from an answer or a partner by one of these.
_JOINT = r"(?:___|_|\.|/|__)"


@dataclass(frozen=True)
class Layout:
    """Hold where everything stands in a file.

    Parameters
    ----------
    respondent : column of the respondent's code or id.
    keys : by name of `KEY_COLUMNS`, the column, for those that the file has.
    items : by item id, the one column that holds it.
    parts : by item id, the columns of its parts: by code of an option for `multiple`, by code of a
        partner for an item that repeats.
    unused : columns that nothing reads.
    """

    respondent: str
    keys: Mapping[str, str]
    items: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]
    unused: tuple[str, ...]


def lay_out(
    table: ForeignTable, answer_map: AnswerMap, instrument: Instrument
) -> tuple[Layout, list[Problem]]:
    """Find the columns that a map names, or those that have the names of items.

    Returns
    -------
    The layout, and what is wrong: a column that the map names and the file does not have, no column of
        the respondent, no column of any item. A column that nothing reads is a note.
    """
    columns = list(table.cells.columns)
    problems = _missing_columns(table, answer_map, instrument)
    keys = {name: column for name in KEY_COLUMNS if (column := _key_column(name, answer_map)) in columns}
    items: dict[str, str] = {}
    parts: dict[str, dict[str, str]] = {}
    for item in instrument.items:
        column = answer_map.items.get(item.id, item.id)
        found = _parts(item, column, columns, instrument)
        if column in columns and item.repeat is None:
            items[item.id] = column
        elif found:
            parts[item.id] = {part: names[0] for part, names in found.items()}
            problems += _twice(table, item, found)
    problems += [
        error(
            "import.no_column",
            Place(file=table.file, item=item),
            column=column,
            part=item,
            columns=_some(columns),
        )
        for item, column in answer_map.items.items()
        if item not in items and item not in parts
    ]
    if not items and not parts and not problems:
        problems.append(error("import.no_item_columns", Place(file=table.file), instrument=instrument.id))
    used = {answer_map.respondent, *keys.values(), *items.values()}
    used |= {column for found in parts.values() for column in found.values()}
    unused = tuple(column for column in columns if column not in used)
    problems += _notes(table, instrument, items, parts, unused)
    return Layout(answer_map.respondent, keys, items, parts, unused), problems


def _key_column(name: str, answer_map: AnswerMap) -> str | None:
    column = getattr(answer_map, name)
    return column if column is not None or name in answer_map.constant else name


def _missing_columns(table: ForeignTable, answer_map: AnswerMap, instrument: Instrument) -> list[Problem]:
    key = answer_map.respondent
    if instrument.kind == "events" and key not in table.cells.columns:
        return [error("import.no_event_id", Place(file=table.file), column=key)]
    named = {"respondent": key}
    named |= {n: column for n in KEY_COLUMNS if (column := getattr(answer_map, n)) is not None}
    columns = set(table.cells.columns)
    place, known = Place(file=table.file), _some(table.cells.columns)
    return [
        error("import.no_column", place, column=column, part=part, columns=known)
        for part, column in named.items()
        if column not in columns
    ]


def _notes(
    table: ForeignTable,
    instrument: Instrument,
    items: Mapping[str, str],
    parts: Mapping[str, Mapping[str, str]],
    unused: Sequence[str],
) -> list[Problem]:
    place, notes = Place(file=table.file), []
    absent = [item.id for item in instrument.items if item.id not in items and item.id not in parts]
    if absent and (items or parts):
        notes.append(note("import.items_not_in_file", place, count=len(absent), items=_some(absent)))
    if unused:
        notes.append(note("import.columns_unused", place, count=len(unused), columns=_some(unused)))
    return notes


def _parts(item: Item, column: str, columns: Sequence[str], instrument: Instrument) -> dict[str, list[str]]:
    """Return the columns of each part of an item."""
    if item.repeat is not None:
        accept: Callable[[str], bool] = bool
    elif item.type == "multiple":
        codes = {str(option.value) for option in instrument.options_of(item)}
        accept = codes.__contains__
    else:
        return {}
    form = re.compile(rf"{re.escape(column)}{_JOINT}(.+)", re.DOTALL)
    found: dict[str, list[str]] = {}
    for name in columns:
        match = form.fullmatch(name)
        if match and accept(match[1]) and name not in instrument.items_by_id:
            found.setdefault(match[1], []).append(name)
    return found


def _twice(table: ForeignTable, item: Item, found: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    for part, names in found.items():
        for name in names[1:]:
            where = Place(file=table.file, column=name, item=item.id)
            yield error("import.part_twice", where, other=names[0], part=part)


def _some(names: Iterable[str], most: int = 12) -> str:
    every = [str(name) for name in names]
    return ", ".join(every if len(every) <= most else [*every[:most], "…"])
