"""Item nonresponse: how many were asked an item, and why some gave no answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import AbsentReason
from evalkit.responses.answer_table import ANSWERED, REASON_CODE, REASONS, AnswerTable

NO_ANSWER: tuple[AbsentReason, ...] = ("dont_know", "refused", "blank")


def nonresponse_table(table: AnswerTable) -> pd.DataFrame:
    """Count the absent answers of each item by reason.

    Parameters
    ----------
    table : answers to one instrument in one wave.

    Returns
    -------
    DataFrame, one row an item: `item`, `asked` (rows that were asked it), `answered`, one column a
    reason, and `nonresponse`: don't know, refused and blank as a share of those for whom it applies.

    Examples
    --------
    >>> import pandas as pd
    >>> reasons = pd.DataFrame({"age": [0, 0, 5, 4, 3]}, dtype="int8")
    >>> table = AnswerTable(pd.DataFrame(index=reasons.index), reasons * 0.0, reasons)
    >>> nonresponse_table(table)[["asked", "answered", "blank", "nonresponse"]].to_numpy().tolist()
    [[4.0, 2.0, 1.0, 0.5]]
    """
    codes = table.reasons.to_numpy()
    counts = {reason: (codes == REASON_CODE[reason]).sum(axis=0) for reason in REASONS}
    answered = (codes == ANSWERED).sum(axis=0)
    asked = len(codes) - counts["not_asked"]
    applicable = asked - counts["not_applicable"]
    without = np.sum([counts[reason] for reason in NO_ANSWER], axis=0)
    with np.errstate(invalid="ignore"):
        share = np.where(applicable > 0, without / np.maximum(applicable, 1), np.nan)
    first = pd.DataFrame({"item": table.reasons.columns, "asked": asked, "answered": answered})
    return first.assign(**counts, nonresponse=share)
