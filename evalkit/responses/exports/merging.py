"""Several columns of one item made one: choices in columns of their own, and a question that moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.instruments.instrument import Item
from evalkit.responses.exports.decoding import Decoded
from evalkit.responses.exports.platform import NOT_SHOWN
from evalkit.responses.exports.words import loose_words
from evalkit.responses.foreign.table import Cells, ForeignTable
from evalkit.responses.matching.cell_reading import plain_code
from evalkit.responses.matching.faults import Fault, cell_fault, row_fault

CHOSEN = frozenset({"1", "true", "vrai", "y", "yes", "oui", "checked"})
NOT_CHOSEN = frozenset({"0", "false", "faux", "n", "no", "non", "unchecked"})
_MOST_BITS = 62


def merge_choices(
    table: ForeignTable,
    item: Item,
    group: Mapping[int, str],
    means: Mapping[int, frozenset[str]],
    not_asked: frozenset[str],
) -> Decoded:
    """Return one column of codes from a column a choice.

    No platform tells "none of them" from a question left empty, and some write 0 for one that was never
    put: a row without any choice is blank.

    Parameters
    ----------
    group : column by code.
    means : by code, the words that say that it was chosen, in loose words.
    not_asked : cells that say that the question was not put.
    """
    chosen = np.zeros((len(table), len(group)), dtype=bool)
    hidden = np.zeros(len(table), dtype=bool)
    faults: list[Fault] = []
    for number, (code, column) in enumerate(group.items()):
        cells = table.column(column)
        said = [loose_words(plain_code(cell)) for cell in cells.distinct]
        on = _flags((word in CHOSEN or word in means[code]) and word not in NOT_CHOSEN for word in said)
        away = _flags(cell in not_asked for cell in cells.distinct)
        known = on | away | _flags(word in NOT_CHOSEN for word in said)
        chosen[:, number] = np.append(on, False)[cells.codes]
        hidden |= np.append(away, False)[cells.codes]
        details = [{"value": str(cell)[:60]} for cell in cells.distinct]
        wrong = cell_fault("import.not_zero_or_one", cells.codes, ~known, details, column)
        faults += [replace(fault, item=item.id) for fault in wrong]
    return Decoded(_named_sets(chosen, tuple(group), hidden), tuple(faults))


def merge_columns(columns: Sequence[tuple[str, Decoded]], item: str) -> Decoded:
    """Return the first answer of each row; a row with two different ones has a fault.

    Parameters
    ----------
    columns : name and content of each column, the first one leading.
    """
    (_, first), *others = columns
    if not others:
        return first
    faults = [fault for _, each in columns for fault in each.faults]
    texts = _texts(first.cells)
    for name, other in others:
        more = _texts(other.cells)
        filled, again = ~pd.isna(texts), ~pd.isna(more)
        differ = filled & again & (texts != more) & (texts != NOT_SHOWN) & (more != NOT_SHOWN)
        faults += [replace(f, item=item) for f in row_fault("platform.columns_differ", differ, name)]
        take = again & (~filled | (texts == NOT_SHOWN))
        texts = np.where(take, more, texts)
    return Decoded(pd.Categorical(texts), tuple(faults))


def _flags(flags: Iterable[bool]) -> npt.NDArray[np.bool_]:
    return np.array([*flags], dtype=bool)


def _texts(cells: pd.Categorical) -> npt.NDArray[np.object_]:
    return Cells(np.asarray(cells.categories, dtype=object), np.asarray(cells.codes)).texts()


def _named_sets(
    chosen: npt.NDArray[np.bool_], codes: tuple[int, ...], hidden: npt.NDArray[np.bool_]
) -> pd.Categorical:
    """Return each row's choices as codes parted by spaces; few different sets stand in many rows."""
    if len(codes) <= _MOST_BITS:
        _, first, which = np.unique(
            chosen @ (1 << np.arange(len(codes), dtype=np.int64)), return_index=True, return_inverse=True
        )
        rows = chosen[first]
    else:
        rows, which = np.unique(chosen, axis=0, return_inverse=True)
    order = np.argsort(codes)
    names = [" ".join(str(codes[n]) for n in order if row[n]) for row in rows]
    names.append(NOT_SHOWN)
    which = np.where(hidden & ~chosen.any(axis=1), len(names) - 1, which.ravel())
    blank = np.array([not name for name in names])
    numbers = np.where(blank, -1, np.cumsum(~blank) - 1)
    kept = pd.Index([name for name in names if name], dtype=object)
    return pd.Categorical.from_codes(numbers[which], categories=kept)
