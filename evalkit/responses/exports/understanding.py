"""Put an export into the shape that the matching of answers takes: our codes, and where each item stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Place, Problem, error, errors_of, note
from evalkit.responses.exports.column_problems import column_problems, some
from evalkit.responses.exports.columns import Columns, find_columns
from evalkit.responses.exports.decoding import CHOSEN, Decoded, Decoder, decoder, style_of
from evalkit.responses.exports.merging import merge_choices, merge_columns
from evalkit.responses.exports.partner_rows import columns_of_partners
from evalkit.responses.exports.platform import NOT_SHOWN, Export, Platform
from evalkit.responses.exports.shapes import rows_of
from evalkit.responses.exports.submissions import find_submissions
from evalkit.responses.exports.words import loose_words
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import AnswerMap
from evalkit.responses.matching.faults import Fault
from evalkit.responses.matching.layout import KEY_COLUMNS, Layout


@dataclass(frozen=True)
class Understood:
    """Hold an export as answers can be matched from it.

    Parameters
    ----------
    table : the rows that are submissions, their answers in our codes.
    answer_map : what is true of all cells.
    layout : which column feeds what.
    faults : cells that can mean two answers, and the like.
    problems : what was decided, left out or not read.
    """

    table: ForeignTable
    answer_map: AnswerMap
    layout: Layout
    faults: tuple[Fault, ...]
    problems: tuple[Problem, ...]


def understand(export: Export, platform: Platform, form: Instrument, wave: str) -> Understood:
    """Read an export of a platform as answers to a questionnaire in a wave.

    Raises
    ------
    ProblemsFound : what makes the file as a whole unreadable, all together.
    """
    export = platform.prepare(export)
    everyone, private = _without_private(export.main, platform)
    columns = find_columns(everyone, platform, form, export.texts)
    beside = [find_columns(repeat.table, platform, form) for repeat in export.repeats]
    problems = [*private, *column_problems(export.with_main(everyone), columns, beside, platform, form)]
    submissions = find_submissions(everyone, columns, platform, wave)
    problems += submissions.problems
    if not errors_of(problems) and not len(submissions.kept):
        problems.append(error("import.no_rows", Place(file=everyone.file)))
    if errors_of(problems):
        raise ProblemsFound(problems)
    taken = everyone if len(submissions.kept) == len(everyone) else rows_of(everyone, submissions.kept)
    table, moments = _with_moments(taken, columns, platform, form)
    tables = [(table, columns), *((r.table, c) for r, c in zip(export.repeats, beside, strict=True))]
    style = style_of([_with_options(*each, form) for each in tables], platform, form)
    decode = decoder(platform, form, style)
    items = _decoded_items(table, columns, form, decode, platform)
    parts, faults = _decoded_partners(table, columns, form, decode)
    more: list[Problem] = []
    for repeat, found in zip(export.repeats, beside, strict=True):
        rows = columns_of_partners(repeat, found, everyone, submissions.kept, form, decode)
        faults, more = [*faults, *rows.faults], [*more, *rows.problems]
        for item, cells in rows.cells.items():
            parts.setdefault(item, {}).update(cells)
    if errors_of(more):
        raise ProblemsFound([*problems, *more])
    table = _with_mode(table, columns, platform)
    return _assembled(table, columns, platform, items, parts, faults, [*problems, *more, *moments])


def _assembled(
    table: ForeignTable,
    columns: Columns,
    platform: Platform,
    items: Mapping[str, Decoded],
    parts: Mapping[str, Mapping[str, pd.Categorical]],
    faults: list[Fault],
    problems: list[Problem],
) -> Understood:
    names = {item: columns.whole[item][0] if item in columns.whole else item for item in items}
    cells = {str(name): table.cells[name].array for name in table.cells.columns}
    cells |= {names[item]: decoded.cells for item, decoded in items.items()}
    places = {
        item: {partner: columns.partners.get(item, {}).get(partner, f"{item}.{partner}") for partner in found}
        for item, found in parts.items()
    }
    cells |= {places[item][partner]: c for item, found in parts.items() for partner, c in found.items()}
    keys = {name: columns.keys[name] for name in KEY_COLUMNS if name in columns.keys}
    keys |= {"mode": "mode"} if "mode" in cells else {}
    layout = Layout(columns.keys["respondent"], keys, names, places, columns.unknown)
    constant = {name: value for name, value in platform.constant.items() if name not in keys}
    hidden = {item: {NOT_SHOWN: "not_asked"} for item in (*names, *places)}
    answer_map = AnswerMap.model_validate(
        {"respondent": layout.respondent, "items": names, "constant": constant, "absent": hidden}
    )
    every = [*faults, *(fault for decoded in items.values() for fault in decoded.faults)]
    # The labels of the file belong to the platform's spelling of codes, which has been read.
    whole = replace(table, cells=pd.DataFrame(cells, copy=False), labels={})
    return Understood(whole, answer_map, layout, tuple(every), tuple(problems))


def _decoded_items(
    table: ForeignTable, columns: Columns, form: Instrument, decode: Decoder, platform: Platform
) -> dict[str, Decoded]:
    items = {}
    for item in form.items:
        if item.repeat is not None or item.id not in columns.items:
            continue
        found = [(name, decode(table, name, item)) for name in columns.whole.get(item.id, ())]
        for group in columns.choices.get(item.id, ()):
            means = {code: _means(form, code, item.options) for code in group}
            name = next(iter(group.values()))
            found.append((name, merge_choices(table, item, group, means, platform.not_asked)))
        items[item.id] = merge_columns(found, item.id)
    return items


def _means(form: Instrument, code: int, options: str | None) -> frozenset[str]:
    """Return the words of one choice, for platforms that write them where it was chosen."""
    every = (*form.options.get(options or "", ()), *form.absent_options)
    labels = {label for option in every if option.value == code for label in option.label.root.values()}
    return frozenset({str(code), *map(loose_words, labels)})


def _decoded_partners(
    table: ForeignTable, columns: Columns, form: Instrument, decode: Decoder
) -> tuple[dict[str, dict[str, pd.Categorical]], list[Fault]]:
    parts: dict[str, dict[str, pd.Categorical]] = {}
    faults: list[Fault] = []
    for item, partners in columns.partners.items():
        for partner, name in partners.items():
            decoded = decode(table, name, form.item(item))
            parts.setdefault(item, {})[partner] = decoded.cells
            faults += decoded.faults
    return parts, faults


def _with_options(
    table: ForeignTable, columns: Columns, form: Instrument
) -> tuple[ForeignTable, dict[str, Item]]:
    named = {name: form.item(item) for item, names in columns.whole.items() for name in names}
    named |= {n: form.item(item) for item, parts in columns.partners.items() for n in parts.values()}
    return table, {name: item for name, item in named.items() if item.type in CHOSEN}


def _without_private(table: ForeignTable, platform: Platform) -> tuple[ForeignTable, list[Problem]]:
    private = [n for n in table.cells.columns if platform.private and platform.private.fullmatch(str(n))]
    if not private:
        return table, []
    where = Place(file=table.file)
    said = note("platform.private_left_out", where, count=len(private), columns=some(private))
    return replace(table, cells=table.cells.drop(columns=private)), [said]


def _with_moments(
    table: ForeignTable, columns: Columns, platform: Platform, form: Instrument
) -> tuple[ForeignTable, tuple[Problem, ...]]:
    """Return the table with its moments and dates as ISO 8601, where the platform writes them otherwise."""
    notes: tuple[Problem, ...] = ()
    if platform.moments is None:
        return table, notes
    dates = [n for item, names in columns.whole.items() if form.item(item).type == "date" for n in names]
    keys = [columns.keys[key] for key in ("started", "ended") if key in columns.keys]
    for name in (*keys, *dates):
        table, said = platform.moments(table, name)
        notes += said
    return table, notes


def _with_mode(table: ForeignTable, columns: Columns, platform: Platform) -> ForeignTable:
    """Return the table with a column of modes, where the device tells how the form was filled."""
    if "mode" in columns.keys or "device" not in columns.keys:
        return table
    cells = table.column(columns.keys["device"])
    modes = np.array([*map(platform.mode_of, cells.distinct), None], dtype=object)[cells.codes]
    return replace(table, cells=table.cells.assign(mode=pd.Categorical(modes)))
