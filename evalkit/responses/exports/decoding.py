"""Turn the cells of an export into our codes, each different cell once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.exports.answer_words import AnswerWords, Choice, Readings, words_of
from evalkit.responses.exports.platform import NOT_SHOWN, Platform
from evalkit.responses.exports.words import loose_words
from evalkit.responses.foreign.table import Cells, ForeignTable
from evalkit.responses.matching.faults import Fault, cell_fault

Style = Literal["codes", "labels", "unclear"]
CHOSEN = ("single", "multiple")


@dataclass(frozen=True)
class Decoded:
    """Hold one column in our codes: its `cells` (n,), and the cells that can mean two answers."""

    cells: pd.Categorical
    faults: tuple[Fault, ...] = ()


Decoder = Callable[[ForeignTable, str, Item], Decoded]


def style_of(
    tables: Sequence[tuple[ForeignTable, Mapping[str, Item]]], platform: Platform, form: Instrument
) -> Style:
    """Tell whether an export holds codes or labels, from the cells that can only be one of them.

    Parameters
    ----------
    tables : tables, each with its columns of items that have options.
    """
    codes = labels = False
    for table, columns in tables:
        for name, item in columns.items():
            words = words_of(form, item, platform)
            for cell in table.column(name).distinct:
                reading = words.read(cell)
                codes |= bool(reading.as_codes) and not reading.as_labels
                labels |= bool(reading.as_labels) and not reading.as_codes
    return "unclear" if codes == labels else "codes" if codes else "labels"


def decoder(platform: Platform, form: Instrument, style: Style) -> Decoder:
    """Return the function that gives a column of an item in our codes.

    What cannot be understood stays as it is, with a fault or for the questionnaire's own reading to say so.
    """
    absent = _absent_words(platform, form)
    known: dict[str, AnswerWords] = {}

    def decode(table: ForeignTable, column: str, item: Item) -> Decoded:
        cells = table.column(column)
        if item.type in CHOSEN:
            words = known.setdefault(item.id, words_of(form, item, platform))
            found = _chosen(cells, words, platform, style, column)
            return replace(found, faults=tuple(replace(fault, item=item.id) for fault in found.faults))
        offered = {form.absent_codes[kind] for kind in item.absent if kind in form.absent_codes}
        # A free text may be the words of a way of not answering that was not offered.
        means = {w: c for w, c in absent.items() if item.type != "text" or c in offered}
        # What is asked of everybody was shown: there, "N/A" is what somebody wrote.
        hidden = platform.not_asked if item.type != "text" or item.ask_if else frozenset({NOT_SHOWN})
        return Decoded(recoded(cells, [_open(cell, means, hidden) for cell in cells.distinct]))

    return decode


def recoded(cells: Cells, texts: Sequence[str]) -> pd.Categorical:
    """Return a column with other texts for its different cells; equal texts become one."""
    codes, distinct = pd.factorize(np.array([*texts, None], dtype=object)[:-1])
    return pd.Categorical.from_codes(
        np.append(codes, -1)[cells.codes], categories=pd.Index(distinct, dtype=object)
    )


def _chosen(cells: Cells, words: AnswerWords, platform: Platform, style: Style, column: str) -> Decoded:
    texts: list[str] = []
    wrong: dict[str, list[bool]] = {"platform.ambiguous_answer": [], "platform.unknown_answer": []}
    for cell in cells.distinct:
        found = words.read(cell)
        choice = _settled(found, style)
        hidden = choice is None and cell in platform.not_asked
        unknown = choice is None and not hidden
        wrong["platform.ambiguous_answer"].append(unknown and bool(found.as_labels))
        wrong["platform.unknown_answer"].append(unknown and not found.as_labels)
        texts.append(" ".join(map(str, choice)) if choice else NOT_SHOWN if hidden else cell)
    allowed = ", ".join(words.labels)
    details = [{"value": str(cell)[:60], "allowed": allowed} for cell in cells.distinct]
    faults = [
        fault
        for code, bad in wrong.items()
        for fault in cell_fault(code, cells.codes, np.array(bad, dtype=bool), details, column)
    ]
    return Decoded(recoded(cells, texts), tuple(faults))


def _settled(found: Readings, style: Style) -> Choice | None:
    """Return what a cell means, None when it means nothing or nobody can tell which of several."""
    if not found.as_labels or found.as_labels == {found.as_codes}:
        return found.as_codes or None
    if found.as_codes and style == "codes":
        return found.as_codes
    only = len(found.as_labels) == 1 and (not found.as_codes or style == "labels")
    return next(iter(found.as_labels)) if only else None


def _open(cell: str, absent: Mapping[str, int], not_asked: frozenset[str]) -> str:
    if cell in not_asked:
        return NOT_SHOWN
    code = absent.get(cell, absent.get(loose_words(cell)))
    return cell if code is None else str(code)


def _absent_words(platform: Platform, form: Instrument) -> dict[str, int]:
    """Return the code of each absent answer by its label and by the platform's way to write its code."""
    words: dict[str, int] = {}
    for option in form.absent_options:
        words |= {loose_words(label): option.value for label in option.label.root.values()}
        for item in form.items[:1]:
            words |= dict.fromkeys(platform.codes(form, item, option.value), option.value)
    return words
