"""Answers as JSON, one object a submission, made and read column by column."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import Item
from evalkit.responses.answer_table import ANSWERED, REASON_CODE, REASONS

if TYPE_CHECKING:
    import numpy.typing as npt

_NUMERIC = ("single", "integer", "number")


@dataclass(frozen=True)
class AnswerJson:
    """Hold the answers of rows as JSON: `{item: value}`, and `{item: reason}` for those absent."""

    answers: list[str]
    absent: list[str]


def is_numeric(item: Item) -> bool:
    """Tell whether answers to `item` are kept as float codes."""
    return item.type in _NUMERIC and item.repeat is None


def encode_answers(values: pd.DataFrame, reasons: pd.DataFrame, items: Sequence[Item]) -> AnswerJson:
    """Write the answers of each row as JSON, items in the order of the instrument.

    Parameters
    ----------
    values, reasons : columns of an AnswerTable, n rows.
    items : those of the instrument; an item without a column is left out, and reads as not asked.

    Returns
    -------
    Two lists of n strings. Equal answers give equal strings.

    Raises
    ------
    ValueError : a column that is no item; an answer with a reason for its absence, or with neither.

    Examples
    --------
    >>> import pandas as pd
    >>> item = Item(id="coh1", type="single", text={"en": "Neighbours help."}, options="agree5")
    >>> encode_answers(pd.DataFrame({"coh1": [4.0, None]}), pd.DataFrame({"coh1": [0, 5]}), [item])
    AnswerJson(answers=['{"coh1":4}', '{}'], absent=['{}', '{"coh1":"blank"}'])
    """
    unknown = sorted(set(values.columns) - {item.id for item in items})
    if unknown or list(values.columns) != list(reasons.columns):
        raise ValueError(f"columns of answers and reasons are not items of the instrument: {unknown}")
    answered, absent = [], []
    for item in items:
        if item.id in values.columns:
            column, codes = values[item.id], reasons[item.id].to_numpy().astype(np.intp)
            given = codes == ANSWERED
            if bool((column.notna().to_numpy() != given).any()):
                raise ValueError(
                    f"item {item.id}: an answer stands with a reason for its absence, or with neither"
                )
            answered.append(_answer_parts(item, column.to_numpy(), given))
            if not given.all():
                absent.append(_reason_parts(item.id)[codes])
    return AnswerJson(_objects(answered, len(values)), _objects(absent, len(values)))


def decode_column(item: Item, rows: Sequence[Mapping[str, Any]]) -> npt.NDArray[Any]:
    """Return the answers to one item as a column: floats for codes and numbers, else objects.

    Parameters
    ----------
    rows : what `json.loads` gives for each submission's answers.

    Returns
    -------
    An array as long as `rows`; NaN or None where the item has no answer.
    """
    found = [row.get(item.id) for row in rows]
    if is_numeric(item):
        return np.array(found, dtype=np.float64)
    column = np.empty(len(found), dtype=object)
    column[:] = [_thawed(value) for value in found]
    return column


def decode_reasons(
    columns: Mapping[str, npt.NDArray[Any]], absent: Sequence[Mapping[str, str]]
) -> npt.NDArray[np.int8]:
    """Return why answers are absent: 0 answered, else `REASON_CODE`.

    Parameters
    ----------
    columns : the decoded answers by item, each of n rows.
    absent : n mappings from item to reason, as `json.loads` gives them.

    Returns
    -------
    Codes, n rows by items. An item of which a row says nothing was not in its version: not asked.
    """
    position = {item: number for number, item in enumerate(columns)}
    codes = np.full((len(absent), len(columns)), REASON_CODE["not_asked"], dtype=np.int8)
    for number, column in enumerate(columns.values()):
        codes[pd.notna(column), number] = ANSWERED
    said = [
        (row, position[item], REASON_CODE[reason])  # type: ignore[index]
        for row, reasons in enumerate(absent)
        for item, reason in reasons.items()
        if item in position
    ]
    if said:
        rows, places, found = np.array(said).T
        codes[rows, places] = found
    return codes


def _answer_parts(item: Item, column: npt.NDArray[Any], given: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Return `"item":value,` for each row, blank where there is no answer."""
    parts = np.full(len(column), "", dtype=object)
    if is_numeric(item):
        # Few values in many rows: each is written once.
        distinct, position = np.unique(column[given].astype(np.float64), return_inverse=True)
        texts = np.array([f'"{item.id}":{_number(value)},' for value in distinct], dtype=object)
        parts[given] = texts[position]
    else:
        parts[given] = [f'"{item.id}":{_anything(value)},' for value in column[given]]
    return parts


def _reason_parts(item_id: str) -> npt.NDArray[Any]:
    return np.array(["", *(f'"{item_id}":"{reason}",' for reason in REASONS)], dtype=object)


def _objects(columns: Sequence[npt.NDArray[Any]], count: int) -> list[str]:
    if not columns:
        return ["{}"] * count
    return ["{" + "".join(parts)[:-1] + "}" for parts in zip(*columns, strict=True)]


def _number(value: float) -> str:
    if not np.isfinite(value):
        raise ValueError("an answer is not a finite number")
    return str(int(value)) if value == int(value) else repr(float(value))


def _anything(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    """Return what JSON can hold: whole floats as integers, tuples as lists, keys in order."""
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, float | np.floating):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, np.integer):
        return int(value)
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _thawed(part) for key, part in value.items()}
    return value
