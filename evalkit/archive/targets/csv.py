"""A wave as CSV: codes as stored, and beside it a codebook, and a map where the file needs one to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from evalkit.archive.cells import answer_cells, text_cells
from evalkit.archive.reading_back import Words, map_text, reason_words
from evalkit.archive.target import ExportOptions, ExportReceipt, Target
from evalkit.instruments.instrument import AbsentReason, Instrument
from evalkit.problems import Place, Problem, note
from evalkit.responses.answer_table import KEYS, AnswerTable
from evalkit.texts.text import Language

CODEBOOK = ("item", "type", "text", "asked_if", "code", "label", "absent")
FORMULA_MARKS = ("=", "+", "-", "@")


def write(table: AnswerTable, form: Instrument, file: Path, options: ExportOptions) -> ExportReceipt:
    """Write a wave and its codebook.

    Every cell stands as it was answered, so that importing the file gives the same answers (free text only
    when it is asked for). A free text that a spreadsheet would take for a formula is told, not changed.

    Parameters
    ----------
    table : the answers.
    form : their questionnaire.
    file : where the answers go; the others stand beside it.
    options : labels and free text.

    Returns
    -------
    The files. There is a map where a reason for an absent answer has no code in the questionnaire.
    """
    words = reason_words(table, form)
    _save(answers_frame(table, form, options, words), file)
    codebook = file.with_name(f"{file.stem}-codebook.csv")
    _save(codebook_frame(form, options), codebook)
    files = [file, codebook]
    if words:
        files.append(file.with_name(f"{file.stem}-map.yaml"))
        files[-1].write_text(map_text(words), encoding="utf-8")
    problems = _formulas(table, form, file) if options.with_text else ()
    return ExportReceipt(tuple(files), problems)


def answers_frame(
    table: AnswerTable, form: Instrument, options: ExportOptions, words: Words | None = None
) -> pd.DataFrame:
    """Return the answers as text cells.

    Returns
    -------
    DataFrame: `KEYS`, then the items: one column an item, one an option of a `multiple` item (`item_code`,
    1 when chosen), one a partner of an item that repeats (`item.partner`). The column `item_label` follows
    the columns of an item with options when labels are asked for, but of an item that repeats.
    """
    columns = {key: table.keys[key].astype(object) for key in KEYS}
    for item in form.items:
        if item.type == "text" and not options.with_text:
            continue
        columns |= answer_cells(table, form, item, (words or {}).get(item.id, {}))
        if options.labels and item.options and item.repeat is None:
            columns[f"{item.id}_label"] = _labels(table, form, item.id, options.lang)
    return pd.DataFrame(columns, index=table.keys.index, dtype=object)


def codebook_frame(form: Instrument, options: ExportOptions) -> pd.DataFrame:
    """Return the codebook: one row an answer of an item, and one row an item without options."""
    rows: list[tuple[object, ...]] = []
    for item in form.items:
        if item.type == "text" and not options.with_text:
            continue
        asked = (item.id, item.type, item.text.say(options.lang), item.ask_if or "")
        answers = [*form.options_of(item), *(o for o in form.absent_options if o.kind in item.absent)]
        rows += [(*asked, o.value, o.label.say(options.lang), o.kind or "") for o in answers]
        if not answers:
            rows.append((*asked, "", "", ""))
    return pd.DataFrame(rows, columns=list(CODEBOOK), dtype=object)


def _labels(table: AnswerTable, form: Instrument, item_id: str, lang: Language) -> pd.Series:
    options = (*form.options_of(form.item(item_id)), *form.absent_options)
    labels = {option.value: option.label.say(lang) for option in options}
    kinds: dict[AbsentReason, str] = {kind: labels[code] for kind, code in form.absent_codes.items()}

    def words(value: Any) -> str:
        codes = value if isinstance(value, tuple) else (value,)
        return "; ".join(labels.get(int(code), str(code)) for code in codes)

    return text_cells(table, item_id, words, kinds)


def _formulas(table: AnswerTable, form: Instrument, file: Path) -> tuple[Problem, ...]:
    found = []
    for item in form.items:
        if item.type == "text" and item.repeat is None:
            texts = table.values[item.id][table.answered(item.id)]
            count = sum(str(text).startswith(FORMULA_MARKS) for text in texts)
            if count:
                found.append(note("export.like_formula", Place(file=str(file), item=item.id), count=count))
    return tuple(found)


def _save(frame: pd.DataFrame, file: Path) -> None:
    """Write a table whole, or leave what stood there."""
    part = file.with_name(f"{file.name}.part")
    try:
        # With a byte order mark, or spreadsheet programs misread the accents.
        frame.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\n")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


TARGET = Target("csv", write)
