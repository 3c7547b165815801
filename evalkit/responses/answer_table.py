"""The answers to one instrument in one wave, as columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from evalkit.instruments.instrument import AbsentReason

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

ANSWERED = 0
REASONS: tuple[AbsentReason, ...] = get_args(AbsentReason)
REASON_CODE: dict[AbsentReason, int] = {reason: code for code, reason in enumerate(REASONS, start=1)}
KEYS = (
    "respondent",
    "site",
    "wave",
    "instrument",
    "version",
    "language",
    "mode",
    "interviewer",
    "started",
    "ended",
)


@dataclass(frozen=True)
class AnswerTable:
    """Hold answers, and for each one that is absent the reason.

    Parameters
    ----------
    keys : DataFrame, one row a submission: `KEYS`, and `row`, the row of the file that it came from.
    values : DataFrame, same index, one column an item: float codes for `single`, `integer` and
        `number`; tuples of int codes for `multiple`; text for `text`; ISO dates for `date`; for an item
        that repeats over partners a dict from partner code to value; missing where absent.
    reasons : DataFrame, same index and columns, int8: 0 answered, then `REASON_CODE`.
    """

    keys: pd.DataFrame
    values: pd.DataFrame
    reasons: pd.DataFrame

    def __len__(self) -> int:
        return len(self.keys)

    def answered(self, item: str) -> npt.NDArray[np.bool_]:
        """Return a boolean array: which rows answered `item`."""
        return np.asarray(self.reasons[item].to_numpy() == ANSWERED)

    def take(self, rows: npt.NDArray[Any]) -> AnswerTable:
        """Return the table of the rows where the boolean array is true, or of these positions."""
        keys, values, reasons = (part.iloc[rows] for part in (self.keys, self.values, self.reasons))
        return replace(self, keys=keys, values=values, reasons=reasons)
