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
# One writer for all: `json.dumps` makes a new one each time that it is not used as it comes.
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


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


def decode_answers(items: Sequence[Item], answers: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the answers to each item as a column: floats for codes and numbers, else objects.

    Parameters
    ----------
    answers : n texts, each the answers of a submission as `encode_answers` writes them.

    Returns
    -------
    Arrays of n values by item; NaN or None where the item has no answer.
    """
    names = [item.id for item in items]
    rows = [list(map(row.get, names)) for row in _parsed(answers)]
    found = zip(*rows, strict=True) if rows else ((),) * len(items)
    return {item.id: _column(item, values) for item, values in zip(items, found, strict=True)}


def decode_reasons(columns: Mapping[str, npt.NDArray[Any]], absent: Sequence[str]) -> npt.NDArray[np.int8]:
    """Return why answers are absent: 0 answered, else `REASON_CODE`.

    Parameters
    ----------
    columns : the decoded answers by item, each of n rows.
    absent : n texts, each the reasons of a submission by item.

    Returns
    -------
    Codes, n rows by items. An item of which a row says nothing was not in its version: not asked.
    """
    position = {item: number for number, item in enumerate(columns)}
    codes = np.full((len(absent), len(columns)), REASON_CODE["not_asked"], dtype=np.int8)
    for number, column in enumerate(columns.values()):
        codes[pd.notna(column), number] = ANSWERED
    said = [
        (row * len(position) + position[item], REASON_CODE[reason])
        for row, reasons in enumerate(_parsed(absent))
        for item, reason in reasons.items()
        if item in position
    ]
    if said:
        places, found = zip(*said, strict=True)
        codes.flat[list(places)] = found
    return codes


def _parsed(texts: Sequence[str]) -> list[dict[str, Any]]:
    # As one text: each name of an item is then made once, and not once a row.
    found: list[dict[str, Any]] = json.loads(f"[{','.join(texts)}]")
    return found


def _column(item: Item, found: Sequence[Any]) -> npt.NDArray[Any]:
    if is_numeric(item):
        return np.array(found, dtype=np.float64)
    column = np.empty(len(found), dtype=object)
    column[:] = [_thawed(value) for value in found]
    return column


def _answer_parts(item: Item, column: npt.NDArray[Any], given: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Return `"item":value,` for each row, blank where there is no answer."""
    parts = np.full(len(column), "", dtype=object)
    if is_numeric(item):
        # Few values in many rows: each is written once.
        distinct, position = np.unique(column[given].astype(np.float64), return_inverse=True)
        texts = np.array([f'"{item.id}":{_number(value)},' for value in distinct], dtype=object)
        parts[given] = texts[position]
    else:
        parts[given] = _parts_of_objects(item, column[given])
    return parts


def _parts_of_objects(item: Item, values: npt.NDArray[Any]) -> list[str]:
    if item.repeat is not None:
        return [f'"{item.id}":{_anything(value)},' for value in values]
    # The same choices, days and words come again and again: each is written once.
    written = {value: f'"{item.id}":{_anything(value)},' for value in set(values)}
    return [written[value] for value in values]


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
    return _WRITER.encode(value if isinstance(value, str) else _plain(value))


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
