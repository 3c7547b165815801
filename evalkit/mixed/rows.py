"""What a fit says of each row: expected values and residuals."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.effects import ScaledEffects, scaled_effects
from evalkit.mixed.fitting import MixedFit

ResidualKind = Literal["conditional", "marginal", "scaled", "normalised"]


def fitted_values(fit: MixedFit, *, conditional: bool = True, effects: ScaledEffects | None = None) -> Array:
    """Return expected outcomes of the rows fitted, (n,).

    Parameters
    ----------
    conditional : with the predicted random effects, else for the population.
    effects : predicted effects, when they are at hand.
    """
    design = fit.prepared.design
    expected = design.fixed[:, list(fit.prepared.scaled.kept)] @ fit.coefficients
    if not conditional:
        return np.asarray(expected)
    known = scaled_effects(fit) if effects is None else effects
    for factor, values in zip(fit.prepared.factors, known.values, strict=True):
        for k in range(factor.size):
            expected = expected + factor.columns[:, k] * values[factor.codes, k] * fit.scale
    return np.asarray(expected)


def residuals(fit: MixedFit, kind: ResidualKind = "conditional") -> Array:
    """Return residuals of the rows fitted, (n,).

    Parameters
    ----------
    kind : `conditional` on random effects; `marginal`, from the population's expectation; `scaled`,
        conditional over their standard deviation, which is sigma / sqrt(weight), or that of their level;
        `normalised`, scaled and freed of the correlation with the residuals before them.
    """
    outcome = fit.prepared.design.outcomes[:, fit.outcome]
    left = outcome - fitted_values(fit, conditional=kind != "marginal")
    if kind == "normalised" and fit.residual is not None:
        return np.asarray(fit.residual.whitening @ left) / fit.sigma
    if kind in ("scaled", "normalised"):
        left = left * np.sqrt(fit.prepared.design.weights) / fit.sigma
    return np.asarray(left)
