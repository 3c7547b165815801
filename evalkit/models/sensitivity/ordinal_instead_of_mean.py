"""Only the order of the scores: ranks turned into normal scores."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.models.reestimating import on_rows
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.ordinal_instead_of_mean"
Array = npt.NDArray[np.float64]


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Ask again of normal scores, which know of an answer only where it stands among all answers.

    They are given the mean and the spread of the scores, so that the result is in points of a scale whose
    answers were evenly spread; where it differs much from the main result, that result rests on how far
    apart answers are counted, such as at the ends of the scale.
    """
    values = main.rows[main.outcome].to_numpy(dtype=float)
    given = np.isfinite(values)
    if not np.ptp(values[given]):
        return phrase(f"{WORDS}.never_varies")
    scores = np.full(len(values), np.nan)
    scores[given] = normal_scores(values[given])
    found = on_rows(main, main.rows.assign(**{main.outcome: scores}))
    if not found:
        return phrase(f"{WORDS}.absent")
    return (Variant(phrase(f"{WORDS}.name"), found, phrase(f"{WORDS}.row")),)


def normal_scores(values: Array) -> Array:
    """Return van der Waerden's scores with the mean and the standard deviation of the values.

    Parameters
    ----------
    values : (n,), not all the same; equal values share the mean of their ranks.

    Returns
    -------
    (n,) quantiles of the normal distribution at rank / (n + 1), moved and stretched.

    References
    ----------
    van der Waerden 1952, Indagationes Mathematicae 14:453.

    Examples
    --------
    >>> normal_scores(np.array([1.0, 2.0, 2.0, 100.0])).round(1).tolist()
    [-34.0, 26.2, 26.2, 86.5]
    """
    from scipy.stats import norm, rankdata

    scores = norm.ppf(rankdata(values) / (len(values) + 1))
    return np.asarray(values.mean() + (scores - scores.mean()) * values.std() / scores.std())


SENSITIVITY = Sensitivity(run)
