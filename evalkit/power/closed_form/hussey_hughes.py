"""Any grid of sites by waves, other residents in each wave: the variance of the effect in one formula."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def hussey_hughes_variance(treated: Array, site_variance: float, cell_variance: float) -> float:
    """Return the variance of the effect's estimate in a complete grid with other residents in each wave.

    Parameters
    ----------
    treated : (sites, waves), 0 or 1, or a fraction where the effect is partial.
    site_variance : between sites, the same in all waves; squared units of the outcome.
    cell_variance : of a cell's mean around its site, residual variance over residents of the cell.

    Returns
    -------
    Variance of the effect of `treated`, adjusted for free wave means. Give its root to
    `evalkit.power.noncentral_t.two_sided_power`.

    Raises
    ------
    ValueError : variances below zero, no variance within cells, or an effect that waves explain.

    References
    ----------
    Hussey & Hughes 2007, Contemporary Clinical Trials 28:182.

    Examples
    --------
    >>> steps = np.kron(np.triu(np.ones((4, 5)), 1), np.ones((6, 1)))
    >>> round(hussey_hughes_variance(steps, 0.01**2, 0.0425 * 0.9575 / 120), 9)
    2.9682e-05
    """
    if not (site_variance >= 0 and cell_variance > 0):
        raise ValueError("a variance between sites is zero or above, one within cells above zero")
    sites, waves = treated.shape
    total, squares = treated.sum(), (treated**2).sum()
    by_wave, by_site = (treated.sum(axis=0) ** 2).sum(), (treated.sum(axis=1) ** 2).sum()
    within = sites * squares - by_wave
    between = total**2 - sites * by_site
    information = within * (cell_variance + waves * site_variance) + between * site_variance
    if not within > 1e-12 * sites * squares or not information > 0:
        raise ValueError("the effect cannot be told apart from the waves")
    return float(sites * cell_variance * (cell_variance + waves * site_variance) / information)
