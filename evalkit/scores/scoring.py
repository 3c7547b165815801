"""Score the scales of a questionnaire."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import Instrument, Scale
from evalkit.registry import discover
from evalkit.scores.rule import Array, Rule

STRICT = 0.8  # the strict rule: 4 of 4, 4 of 5, 5 of 6, 8 of 10 items
ROUNDING = 1e-9  # 0.8 * 5 is 4.000000000000001 in binary; it means 4


@dataclass(frozen=True)
class Scores:
    """Hold the scores of a table of answers.

    Parameters
    ----------
    values : DataFrame, one column a scale: 0 to 100 for `pomp`, else the items' unit; NaN when too few
        items are answered.
    n_answered : same shape, int16: how many items of the scale are answered.
    """

    values: pd.DataFrame
    n_answered: pd.DataFrame


def score(answers: pd.DataFrame, instrument: Instrument, *, strict: bool = False) -> Scores:
    """Score every scale of a questionnaire.

    Parameters
    ----------
    answers : one row a submission, float columns by item id, NaN where an answer is absent. Items that a
        table lacks count as absent.
    instrument : the questionnaire; its scales name rule, items and least share of answered items.
    strict : whether at least four fifths of the items must be answered, whatever the scale says.

    Returns
    -------
    The scores, same index.

    Raises
    ------
    KeyError : a scale names a rule that no file of `scores/rules/` declares.

    References
    ----------
    Cohen, Cohen, Aiken & West (1999), The problem of units and the circumstance for POMP. Multivariate
    Behavioral Research 34, 315-346.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> answers = pd.DataFrame({"coh1": [5.0, 1.0], "coh2": [5.0, np.nan], "coh3": [3.0, np.nan]})
    >>> score(answers, shipped_instrument("residents-core")).values["cohesion"].round(1).tolist()
    [83.3, nan]
    """
    values, counts = {}, {}
    for scale in instrument.scales:
        turned = turned_answers(answers, instrument, scale)
        counts[scale.id] = (~np.isnan(turned)).sum(axis=1).astype(np.int16)
        share = max(scale.min_answered, STRICT) if strict else scale.min_answered
        values[scale.id] = _score_scale(turned, counts[scale.id], instrument, scale, share)
    return Scores(pd.DataFrame(values, index=answers.index), pd.DataFrame(counts, index=answers.index))


def fewest_answers(scale: Scale, share: float) -> int:
    """Return how many items of a scale must be answered when at least `share` of them must.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> fewest_answers(shipped_instrument("residents-core").scale("security"), 0.5)
    3
    """
    return math.ceil(share * len(scale.items) - ROUNDING)


def turned_answers(answers: pd.DataFrame, instrument: Instrument, scale: Scale) -> Array:
    """Return a scale's answers, (rows, items), reversed items turned round within their range."""
    columns = []
    for name in scale.items:
        item = instrument.item(name)
        if name not in answers:
            columns.append(np.full(len(answers), np.nan))
            continue
        column = answers[name].to_numpy(dtype=float)
        bounds = instrument.range_of(item)
        columns.append(bounds[0] + bounds[1] - column if item.reverse and bounds else column)
    return np.column_stack(columns)


def _score_scale(
    turned: Array, n_answered: np.ndarray, instrument: Instrument, scale: Scale, share: float
) -> Array:
    rule: Rule = discover("evalkit.scores.rules", "RULE")[scale.rule]
    enough = n_answered >= fewest_answers(scale, share)
    scores = np.full(len(turned), np.nan)
    scores[enough] = rule.combine(turned[enough])
    if scale.report_as == "raw":
        return scores
    low, high = _bounds_of_items(instrument, scale)
    return 100 * (scores - low) / (high - low)


def bounds_of(instrument: Instrument, scale: Scale) -> tuple[float, float]:
    """Return the smallest and largest score that a scale can report.

    Examples
    --------
    >>> from evalkit.instruments.library import shipped_instrument
    >>> core = shipped_instrument("residents-core")
    >>> bounds_of(core, core.scale("security"))
    (0.0, 100.0)
    """
    return _bounds_of_items(instrument, scale) if scale.report_as == "raw" else (0.0, 100.0)


def _bounds_of_items(instrument: Instrument, scale: Scale) -> tuple[float, float]:
    rule: Rule = discover("evalkit.scores.rules", "RULE")[scale.rule]
    ranges = np.array([instrument.range_of(instrument.item(name)) for name in scale.items], dtype=float)
    return rule.bounds(ranges[:, 0], ranges[:, 1])
