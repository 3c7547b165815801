"""Shares of the variance: of each group (ICC), and of what the fixed terms explain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from evalkit.mixed.describing import factor_variances
from evalkit.mixed.fitting import MixedFit
from evalkit.models.fit import RESIDUAL

COLUMNS = ("group", "variance", "icc")


def variance_shares(fit: MixedFit) -> pd.DataFrame:
    """Return the variance that each group gives an answer, and its share in what fixed terms leave.

    Parameters
    ----------
    fit : of the mixed engine: `raw` of its fits.

    Returns
    -------
    One row a group, `Residual` last, `COLUMNS`; `icc` sums to one. Random slopes count by their variance
    averaged over the rows. `mixed.describing.describe` has the shares of fixed and random terms (R2).

    References
    ----------
    Nakagawa, Johnson & Schielzeth 2017, Journal of the Royal Society Interface 14:20170213.

    Examples
    --------
    >>> from evalkit.mixed.design import RandomTerm
    >>> from evalkit.mixed.fitting import fit_mixed
    >>> site = np.repeat(np.arange(6), 4)
    >>> y = 0.5 * site + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> fit = fit_mixed(y, np.ones((24, 1)), [RandomTerm(site, np.ones((24, 1)), name="site")])
    >>> variance_shares(fit)["icc"].round(3).tolist()
    [0.413, 0.587]
    """
    rest = float(fit.sigma**2 * np.mean(1 / fit.prepared.design.weights))
    found = {**factor_variances(fit), RESIDUAL: rest}
    whole = sum(found.values())
    rows = [(name, value, value / whole) for name, value in found.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))
