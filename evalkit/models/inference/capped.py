"""Tests of a reduced model that never have more degrees of freedom than the model before reduction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.wald import ContrastTests, Inference, Method, wald_t

Array = npt.NDArray[np.float64]


def capped_wald_t(
    fit: MixedFit,
    unreduced: MixedFit | None,
    rows: Array,
    method: Method = "kenward-roger",
    level: float = 0.95,
) -> ContrastTests:
    """Test contrasts of a mixed model.

    Taking a slope of sites out of a model because its variance came out as zero would turn a question about
    six sites into one about six hundred residents; so degrees of freedom are the lower of the two models'.

    Parameters
    ----------
    fit : the model.
    unreduced : the same before reduction, with the same fixed columns; None when nothing was taken out.
    rows : (k, p) or (p,), contrasts.
    method, level : as for `wald_t`.
    """
    found = wald_t(Inference(fit), rows, method, level)
    if unreduced is None:
        return found
    df = np.minimum(found.df, wald_t(Inference(unreduced), rows, method, level).df)
    half = stats.t.ppf((1 + level) / 2, df) * found.std_error
    return replace(
        found,
        df=df,
        p_value=np.asarray(2 * stats.t.sf(np.abs(found.statistic), df)),
        conf_low=found.estimate - half,
        conf_high=found.estimate + half,
    )
