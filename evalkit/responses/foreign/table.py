"""A file of answers as another program wrote it: text in cells, nothing interpreted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from evalkit.problems import Problem

if TYPE_CHECKING:
    import numpy.typing as npt

Decimal = Literal[".", ",", "either"]
EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class ForeignTable:
    """Hold the cells of a file, each as the text that the file shows.

    A questionnaire has few different cells in many rows, so that a column is kept as its different
    texts and a code a row. What a cell means, the map and the instrument decide.

    Parameters
    ----------
    file : the file, as the user wrote it.
    cells : DataFrame of n rows, one categorical column a column of the file; the categories are the
        different texts without blanks around them, and a blank cell is missing.
    rows : int array (n,), row of the file that each row came from, from 1, the header not counted.
    labels : by column, the value labels of the file: cell text to label.
    user_missing : by column, the texts that the file declares as missing.
    encoding, delimiter : how a text file was read.
    decimal : which mark writes decimals: a point, a comma, or either.
    epoch : the day 0 of Excel's serial dates in this file.
    notes : what the reading had to decide by itself.
    """

    file: str
    cells: pd.DataFrame
    rows: npt.NDArray[np.int64]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    user_missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Decimal = "."
    epoch: date = EXCEL_EPOCH
    notes: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Cells:
        """Return one column; KeyError when the file has none of this name."""
        column = self.cells[name].array
        return Cells(np.asarray(column.categories, dtype=object), np.asarray(column.codes))


@dataclass(frozen=True)
class Cells:
    """Hold one column: `distinct` texts (k,), and `codes` (n,): which of them, -1 for a blank cell."""

    distinct: npt.NDArray[np.object_]
    codes: npt.NDArray[Any]

    @property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Return a boolean array (n,): which cells are blank."""
        return np.asarray(self.codes < 0)

    def texts(self) -> npt.NDArray[np.object_]:
        """Return the text of every cell (n,), None where blank."""
        return np.asarray(np.array([*self.distinct, None], dtype=object)[self.codes])
