"""What an exported file needs so that reading it gives the same answers again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from evalkit.instruments.instrument import AbsentReason, Instrument, Item
from evalkit.responses.answer_table import REASON_CODE, REASONS, AnswerTable
from evalkit.responses.matching.not_asked import with_not_asked

Words = Mapping[str, Mapping[AbsentReason, str]]
NOT_ASKED = REASON_CODE["not_asked"]


def reason_words(table: AnswerTable, form: Instrument) -> Words:
    """Return the reasons that must stand as words, by item, because no code would be read as they are.

    A map of an earlier import may have given an item a reason that the questionnaire has no code for, or
    whose code is an answer to this item; or a `not_asked` that does not follow from a condition. Blanks
    and items skipped by their condition need nothing: an importer finds them out.
    """
    read = _read_again(table, form)
    found = {item.id: {reason: reason for reason in _unsaid(table, read, form, item)} for item in form.items}
    return {item: words for item, words in found.items() if words}


def map_text(words: Words) -> str:
    """Return the map that reads the words back, as YAML."""
    lines = [
        "# Reads the answers beside it: evalkit import FILE --wave W --instrument I --map THIS",
        "absent:",
    ]
    for item, reasons in words.items():
        pairs = ", ".join(f"{word}: {reason}" for reason, word in reasons.items())
        lines.append(f"  {item}: {{{pairs}}}")
    return "\n".join([*lines, ""])


def _read_again(table: AnswerTable, form: Instrument) -> AnswerTable:
    """Return the answers with `not_asked` as an importer would find it out from blanks."""
    blank = table.reasons.where(table.reasons != NOT_ASKED, REASON_CODE["blank"]).astype(np.int8)
    return with_not_asked(replace(table, reasons=blank), form)


def _unsaid(table: AnswerTable, read: AnswerTable, form: Instrument, item: Item) -> Iterator[AbsentReason]:
    states = table.reasons[item.id].to_numpy()
    given = set(np.unique(states).tolist())
    if item.repeat is not None:
        ties = (row.values() for row in table.values[item.id] if isinstance(row, dict))
        given = {REASON_CODE[value] for row in ties for value in row if value in REASON_CODE}
    for reason in REASONS:
        if REASON_CODE[reason] not in given or reason == "blank":
            continue
        if reason == "not_asked":
            again = read.reasons[item.id].to_numpy()
            if item.repeat is not None or ((states == NOT_ASKED) & (again != NOT_ASKED)).any():
                yield reason
        elif reason not in form.absent_codes or _is_answer(form.absent_codes[reason], item, reason):
            yield reason


def _is_answer(code: int, item: Item, reason: AbsentReason) -> bool:
    """Tell whether an importer takes the code of a reason for an answer to the item."""
    bounds = item.range if item.type in ("integer", "number") and reason not in item.absent else None
    return bounds is not None and bounds[0] <= code <= bounds[1]
