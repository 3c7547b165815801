"""Whose answers an analysis rests on: all, those who stayed, or those who came later."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from evalkit.models.spec import usable_rows, waves_of

Who = Literal["all", "stayers", "newcomers"]


def rows_of(panel: pd.DataFrame, outcome: str, who: Who) -> pd.DataFrame:
    """Return the rows of the residents that an analysis is about.

    Parameters
    ----------
    panel : one row a respondent and wave.
    outcome : column that they must have answered.
    who : `all`; `stayers`, who answered in the first wave and in the last; `newcomers`, who did not answer in
        the first wave.

    Examples
    --------
    >>> panel = pd.DataFrame({"respondent": list("aabbc"), "site": "S1", "time": [0.0, 1, 0, 1, 1],
    ...     "wave": ["w1", "w2", "w1", "w2", "w2"], "y": [1.0, 2, 3, None, 5]})
    >>> [sorted(set(rows_of(panel, "y", who)["respondent"])) for who in ("all", "stayers", "newcomers")]
    [['a', 'b', 'c'], ['a'], ['c']]
    """
    if who == "all":
        return panel
    rows = usable_rows(panel, outcome)
    waves = waves_of(rows)
    if not waves:
        return panel
    first, last = (
        set(rows.loc[rows["wave"].astype(str) == end, "respondent"]) for end in (waves[0], waves[-1])
    )
    kept = panel["respondent"].isin(first & last if who == "stayers" else set(rows["respondent"]) - first)
    return panel[kept]
