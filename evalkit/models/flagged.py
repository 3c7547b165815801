"""Submissions that a check has flagged as careless or impossible."""

from __future__ import annotations

import pandas as pd

from evalkit.responses.checking import check_responses
from evalkit.study.study import Study

VISIT = ["respondent", "site", "wave", "instrument"]
# What a careless or an impossible way of answering leaves; a day outside the field period is neither.
CARELESS = frozenset(
    {"check.same_answers", "check.skipped_but_answered", "check.out_of_range", "check.ends_before_start"}
)


def flagged_submissions(study: Study) -> pd.DataFrame:
    """Return the submissions that a check found careless or impossible: `respondent, site, wave, instrument`.

    Flags are identical questionnaires, answers to items that were to be skipped, answers that are not
    offered, and questionnaires that end before they start.
    """
    places = [problem.where for problem in check_responses(study).problems if problem.code in CARELESS]
    rows = [tuple(getattr(place, name) for name in VISIT) for place in places]
    return pd.DataFrame(rows, columns=list(VISIT)).drop_duplicates(ignore_index=True)


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
