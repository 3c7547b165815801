"""Reliability of a scale: Cronbach's alpha with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.scores.rule import Array


@dataclass(frozen=True, slots=True)
class Alpha:
    """Hold Cronbach's alpha.

    Parameters
    ----------
    estimate : alpha; NaN when it is not defined (fewer than three complete rows, or no variance).
    conf_low, conf_high : exact interval.
    n : complete rows behind it.
    items : number of items.
    """

    estimate: float
    conf_low: float
    conf_high: float
    n: int
    items: int


def cronbach_alpha(answers: Array, level: float = 0.95) -> Alpha:
    """Estimate Cronbach's alpha of one scale from complete rows.

    Parameters
    ----------
    answers : (rows, items), reversed items turned round; rows with an absent answer are left out.
    level : confidence of the interval.

    Returns
    -------
    Alpha with the interval of Feldt (1965), exact under normality and parallel items, unrounded.

    References
    ----------
    Feldt (1965), The approximate sampling distribution of Kuder-Richardson reliability coefficient
    twenty. Psychometrika 30, 357-370.

    Examples
    --------
    >>> answers = np.array([[1, 2, 1], [2, 2, 3], [4, 5, 4], [5, 4, 5.0]])
    >>> round(cronbach_alpha(answers).estimate, 3)
    0.946
    """
    import pingouin
    from scipy import stats

    complete = answers[~np.isnan(answers).any(axis=1)]
    n, k = complete.shape
    if n < 3 or k < 2 or not complete.sum(axis=1).var() > 0:
        return Alpha(np.nan, np.nan, np.nan, n, k)
    alpha, _ = pingouin.cronbach_alpha(data=pd.DataFrame(complete))
    tail = (1 - level) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - alpha) * stats.f.ppf(1 - tail, df1, df2)
    high = 1 - (1 - alpha) * stats.f.ppf(tail, df1, df2)
    return Alpha(float(alpha), float(low), float(high), n, k)
