"""Without submissions that a check has flagged as careless."""

from __future__ import annotations

import pandas as pd

from evalkit.models.reestimating import on_rows
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.without_flagged"
VISIT = ["respondent", "site", "wave", "instrument"]


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Ask again of the submissions that no check has flagged."""
    if not set(VISIT) <= set(main.rows):
        return phrase(f"{WORDS}.no_visits")
    flagged = is_flagged(main.rows, main.flagged)
    count = int((flagged & main.rows[main.outcome].notna()).sum())
    if not count:
        return phrase(f"{WORDS}.none_flagged")
    found = on_rows(main, main.rows[~flagged])
    if not found:
        return phrase(f"{WORDS}.absent")
    return (Variant(phrase(f"{WORDS}.name", count=count), found, phrase(f"{WORDS}.row")),)


def is_flagged(rows: pd.DataFrame, flagged: pd.DataFrame) -> pd.Series:
    """Return which rows are submissions among the flagged ones.

    Examples
    --------
    >>> rows = pd.DataFrame({"respondent": ["a", "b"], "site": "S1", "wave": "w1", "instrument": "core"})
    >>> is_flagged(rows, rows[:1]).tolist()
    [True, False]
    """
    wanted = pd.MultiIndex.from_frame(flagged[VISIT].astype(str))
    return pd.Series(pd.MultiIndex.from_frame(rows[VISIT].astype(str)).isin(wanted), index=rows.index)


SENSITIVITY = Sensitivity(run)
