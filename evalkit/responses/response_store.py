"""The answers in the store: written as submissions with revisions, read back as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Place, error
from evalkit.responses.answer_json import decode_answers, decode_reasons, encode_answers, is_numeric
from evalkit.responses.answer_table import KEYS, AnswerTable
from evalkit.store.audit import add_entry, who
from evalkit.store.submissions import add_submissions, count_submissions, newest_submissions
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

if TYPE_CHECKING:
    import numpy.typing as npt

# What makes two submissions the same. Where a row stood in its file does not.
_CONTENT = ("version", "language", "mode", "interviewer", "started", "ended", "answers", "absent")
_KEY = ("respondent", "site")
_COLUMNS = (*KEYS, "row")
# Few enough rows to hold as text, many enough for one statement to pay.
_WRITTEN_AT_ONCE = 4_000


@dataclass(frozen=True)
class WriteReceipt:
    """Hold what a writing did: submissions that are new, revised, and the same as before."""

    new: int = 0
    revised: int = 0
    same: int = 0


@dataclass(frozen=True)
class _Standing:
    """Hold the newest revision of a submission: its id, its number, a digest of its content."""

    id: int
    revision: int
    digest: bytes


def read_answers(study: Study, wave: str, instrument: str) -> AnswerTable:
    """Return the answers to an instrument in a wave: the newest revision of each submission.

    Parameters
    ----------
    wave, instrument : ids.

    Returns
    -------
    One row a submission, by respondent and site, so that a correction moves no row; one column an
    item, in the instrument's order. An item that a submission's version did not have is `not_asked`.
    Text in `keys` and in open items stands in object columns, None where missing; `row` is Int64.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    form = study.instruments[instrument]
    keys: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    values: dict[str, list[npt.NDArray[Any]]] = {item.id: [_no_answers(item)] for item in form.items}
    reasons = [np.empty((0, len(form.items)), dtype=np.int8)]
    with study_store(study).reading() as connection:
        for rows in newest_submissions(connection, wave, instrument, (*_COLUMNS, "answers", "absent")):
            _collect_keys(rows, keys)
            columns = decode_answers(form.items, [row.answers for row in rows])
            for item, column in columns.items():
                values[item].append(column)
            reasons.append(decode_reasons(columns, [row.absent for row in rows]))
    codes = pd.DataFrame(np.concatenate(reasons), columns=list(values))
    return AnswerTable(_keys_frame(keys), _values_frame(values), codes)


def write_answers(
    study: Study, table: AnswerTable, *, source: str, why: str, by: str | None = None
) -> WriteReceipt:
    """Write answers to the store in one transaction of their own.

    Parameters
    ----------
    table : answers to one instrument in one wave.
    source : where they come from, such as the SHA-256 of the file.
    why : reason, kept with every row; for a revision, the reason of the change.
    by : who; the person at work when not given.

    Returns
    -------
    How many submissions are new, revised or the same. A submission is known by respondent, site, wave
    and instrument; one with other answers, version, language, mode, interviewer or times is a new
    revision, one with the same is not written again.

    Raises
    ------
    ProblemsFound : a submission stands twice in the table; the store cannot be written. Nothing is
        changed then.
    """
    with study_store(study).writing() as connection:
        receipt = write_answers_within(study, connection, table, source=source, why=why, by=by)
        details = {"source": source, "why": why, **vars(receipt)}
        add_entry(connection, "answers.write", details, by)
    return receipt


def write_answers_within(
    study: Study, connection: Connection, table: AnswerTable, *, source: str, why: str, by: str | None = None
) -> WriteReceipt:
    """Write answers within the caller's transaction; it adds the audit entry. See `write_answers`."""
    if len(table) == 0:
        return WriteReceipt()
    (wave,), (instrument,) = table.keys["wave"].unique(), table.keys["instrument"].unique()
    _refuse_same_twice(table)
    form = study.instruments[str(instrument)]
    standing = _standing(connection, str(wave), str(instrument))
    shared = {"source": source, "why": why, "by": by or who()}
    new = revised = 0
    for rows in _rows(table, form):
        changed = []
        for row in rows:
            before = standing.get((row["respondent"], row["site"]))
            if before is None:
                new += 1
                changed.append({**row, **shared, "revision": 1, "replaces": None})
            elif before.digest != _digest([row[name] for name in _CONTENT]):
                revised += 1
                number = before.revision + 1
                changed.append({**row, **shared, "revision": number, "replaces": before.id})
        add_submissions(connection, changed)
    return WriteReceipt(new, revised, len(table) - new - revised)


def wave_counts(study: Study) -> pd.DataFrame:
    """Return how many submissions each wave and instrument has: columns wave, instrument, submissions."""
    with study_store(study).reading() as connection:
        counts = pd.DataFrame(count_submissions(connection), columns=["wave", "instrument", "submissions"])
    order = {wave.id: number for number, wave in enumerate(study.waves)}
    by_time = counts.assign(_order=counts["wave"].map(order)).sort_values(["_order", "instrument"])
    return by_time.drop(columns="_order").reset_index(drop=True)


def _standing(connection: Connection, wave: str, instrument: str) -> dict[tuple[str, str], _Standing]:
    columns = (*_KEY, "id", "revision", *_CONTENT)
    return {
        (row.respondent, row.site): _Standing(row.id, row.revision, _digest(row[4:]))
        for rows in newest_submissions(connection, wave, instrument, columns)
        for row in rows
    }


def _digest(content: Sequence[str | None]) -> bytes:
    return blake2b(json.dumps(list(content)).encode(), digest_size=16).digest()


def _refuse_same_twice(table: AnswerTable) -> None:
    twice = table.keys[table.keys.duplicated(list(_KEY))]
    if len(twice):
        places = (
            Place(row=None if pd.isna(row) else int(row), respondent=str(person), wave=str(wave))
            for person, wave, row in zip(twice["respondent"], twice["wave"], twice["row"], strict=True)
        )
        raise ProblemsFound(error("store.same_submission_twice", place) for place in places)


def _rows(table: AnswerTable, form: Instrument) -> Iterator[list[dict[str, Any]]]:
    """Give the table as rows of the store, some thousands at a time, to hold few of them as text."""
    for start in range(0, len(table), _WRITTEN_AT_ONCE):
        part = slice(start, start + _WRITTEN_AT_ONCE)
        written = encode_answers(table.values.iloc[part], table.reasons.iloc[part], form.items)
        keys = {name: _texts(table.keys[name].iloc[part]) for name in KEYS}
        keys["site"] = [site or "" for site in keys["site"]]
        numbers = [None if pd.isna(row) else int(row) for row in table.keys["row"].iloc[part]]
        names = (*KEYS, "row", "answers", "absent")
        columns = (*keys.values(), numbers, written.answers, written.absent)
        yield [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _texts(column: pd.Series[Any]) -> list[str | None]:
    missing = column.isna().to_numpy()
    return [
        # Most values are text already.
        value if type(value) is str else None if gone else _text(value)
        for value, gone in zip(column.tolist(), missing, strict=True)
    ]


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _no_answers(item: Item) -> npt.NDArray[Any]:
    return np.empty(0, dtype=np.float64 if is_numeric(item) else object)


def _collect_keys(rows: Sequence[Row[Any]], keys: dict[str, list[Any]]) -> None:
    # One string object for all its rows: a wave or a language is held once in memory.
    shared: dict[Any, Any] = {}
    for name, column in zip(_COLUMNS, zip(*(row[: len(_COLUMNS)] for row in rows), strict=True), strict=True):
        keys[name].extend(map(shared.setdefault, column, column))


def _keys_frame(keys: dict[str, list[Any]]) -> pd.DataFrame:
    columns: dict[str, Any] = {name: pd.Series(keys[name], dtype=object) for name in KEYS}
    columns["site"] = columns["site"].where(columns["site"] != "", None)
    columns["row"] = pd.array(keys["row"], dtype="Int64")
    return pd.DataFrame(columns)


def _values_frame(values: dict[str, list[npt.NDArray[Any]]]) -> pd.DataFrame:
    # Each column's parts are let go as it is made whole, so that the table is never held twice.
    columns = {item: np.concatenate(values.pop(item)) for item in list(values)}
    kept = {item: pd.Series(column, dtype=column.dtype, copy=False) for item, column in columns.items()}
    return pd.DataFrame(kept, copy=False)
