"""The default test of a contrast between sites for many outcomes of one design at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalkit.models.cell_means import cell_means
from evalkit.models.inference.site_tests import SiteTests, by_t
from evalkit.models.inference.two_stage import second_stage

Array = npt.NDArray[np.float64]


def two_stage_tests(
    answers: Array,
    site_of: npt.NDArray[np.intp],
    weights: Array,
    design: Array,
    row: Array,
    *,
    level: float = 0.95,
) -> SiteTests:
    """Test a contrast between sites, B outcomes together: what `site_change` does for one.

    Parameters
    ----------
    answers : (B, residents, waves), NaN where there is no answer, in the same places for all outcomes.
    site_of : (residents,), position of each resident's site among the rows of the design.
    weights : (waves,) or (sites, waves), of a site's means in its number; zero where it has no mean.
    design : (sites, q), columns of the second stage.
    row : (q,), the combination of their coefficients that is tested.
    level : of the intervals.

    Returns
    -------
    Tests of shape (B,).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> answers, site_of = rng.normal(size=(2, 40, 2)), np.arange(40) % 4
    >>> design = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    >>> found = two_stage_tests(answers, site_of, np.array([-1.0, 1.0]), design, np.array([0.0, 1.0]))
    >>> found.df.tolist(), bool((found.conf_low < found.conf_high).all())
    ([2.0, 2.0], True)
    """
    found = cell_means(answers, site_of, len(design))
    shares = np.broadcast_to(weights, found.means.shape[1:])
    means = np.where(shares == 0, 0.0, found.means)
    changes = np.einsum("st,bst->bs", shares, means)
    variances = np.einsum("st,bstu,su->bs", shares, found.sampling, shares)
    return second_stage_tests(changes, variances, design, row, level=level)


def second_stage_tests(
    changes: Array, variances: Array, design: Array, row: Array, *, level: float = 0.95
) -> SiteTests:
    """Test a combination of the second stage's coefficients, B outcomes together.

    Parameters
    ----------
    changes, variances : (B, sites), one number a site with its sampling variance.
    design, row, level : as for `two_stage_tests`.

    Returns
    -------
    Tests of shape (B,).

    Examples
    --------
    >>> changes, design = np.array([[3.0, 5.0, 1.0, 1.0]]), np.c_[np.ones(4), [1, 1, 0, 0]]
    >>> found = second_stage_tests(changes, np.ones((1, 4)) / 10, design, np.array([0.0, 1.0]))
    >>> found.estimate.round(6).tolist(), found.std_error.round(6).tolist()
    ([3.0], [1.0])
    """
    second = second_stage(changes, variances, design)
    std_error = np.sqrt(np.einsum("q,bqr,r->b", row, second.covariance, row))
    return by_t(
        "two_stage", second.coefficients @ row, std_error, second.df, level=level, n_sites=len(design)
    )
