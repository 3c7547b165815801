"""The residuals' parameters of a fit, by name."""

from __future__ import annotations

from evalkit.mixed.fitting import MixedFit


def residual_deviations(fit: MixedFit) -> dict[str | None, float]:
    """Return the residual standard deviation at a weight of one, by level; under None where all are alike.

    Examples
    --------
    >>> import numpy as np
    >>> from evalkit.mixed.design import RandomTerm
    >>> from evalkit.mixed.fitting import fit_mixed
    >>> site = np.repeat(np.arange(6), 4)
    >>> y = 0.5 * site + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> list(residual_deviations(fit_mixed(y, np.ones((24, 1)), [RandomTerm(site, np.ones((24, 1)))])))
    [None]
    """
    if fit.residual is None or fit.residual.design.levels is None:
        return {None: fit.sigma}
    known = fit.residual
    return {n: fit.sigma * float(r) ** 0.5 for n, r in zip(known.design.names, known.ratios, strict=True)}


def autocorrelation(fit: MixedFit) -> float | None:
    """Return the residuals' correlation at one unit of time apart, or None where they have none."""
    return None if fit.residual is None else fit.residual.rho
