"""CR2 with Satterthwaite's degrees of freedom for one number a site."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.site_regression import SiteRegression, regress_sites
from evalkit.models.inference.site_tests import SiteTests, by_t

Array = npt.NDArray[np.float64]

METHOD = "cr2"
WHOLE = 1e-10  # a leverage this near to one leaves no residual


def cr2_test(
    changes: Array, design: Array, column: int, weights: Array | None = None, *, level: float = 0.95
) -> SiteTests:
    """Test the contrast of sites with a variance that lets sites differ in how much they vary.

    With one number a site each cluster is one row, and the estimate of Bell and McCaffrey is HC2: squared
    residuals over one less leverage. Degrees of freedom are those that the quadratic form has if all
    variances are 1/weight. Under few degrees (four, say) the method says little.

    Parameters
    ----------
    changes : (..., G), one number a site.
    design : (G, q); `column` is the one of interest.
    weights : (..., G) or (G,), inverse variances up to a factor; None for equal weights.
    level : coverage of the interval.

    Returns
    -------
    Tests of shape (...). A site that alone carries a column has no residual, and adds nothing.

    References
    ----------
    Bell & McCaffrey 2002, Survey Methodology 28:169; Pustejovsky & Tipton 2018, Journal of Business &
    Economic Statistics 36:672. The same as clubSandwich's `vcovCR(type = "CR2", inverse_var = TRUE)`.

    Examples
    --------
    >>> design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    >>> found = cr2_test(np.array([3.0, 5, 4, 1, 1, 4]), design, 1).single()
    >>> found.estimate, round(found.std_error, 4), round(found.df, 4)
    (2.0, 1.1547, 4.0)
    """
    regression = regress_sites(changes, design, column, weights)
    variance, df = _variance(regression)
    return by_t(
        METHOD,
        regression.estimate,
        np.sqrt(variance),
        df,
        level=level,
        n_sites=len(design),
        problems=regression.problems,
    )


def _variance(regression: SiteRegression) -> tuple[Array, Array]:
    """Return the variance of the estimate and its degrees of freedom, both (...)."""
    arm, others = regression.arm, regression.others
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = arm / regression.squares[..., None]
        hat = np.einsum("...ir,...jr->...ij", others, others) + arm[..., :, None] * shares[..., None, :]
        kept = 1 - np.diagonal(hat, axis1=-2, axis2=-1)
        scaled = np.where(kept > WHOLE, shares / np.sqrt(np.maximum(kept, WHOLE)), 0.0)
        variance = ((scaled * regression.residuals) ** 2).sum(axis=-1)
        form = scaled[..., :, None] * (np.eye(arm.shape[-1]) - hat) * scaled[..., None, :]
        df = np.trace(form, axis1=-2, axis2=-1) ** 2 / (form**2).sum(axis=(-2, -1))
    enough = (regression.squares > 0) & (regression.df > 0)
    return np.where(enough, variance, np.nan), np.where(enough, df, 0.0)
