"""What a mixed model would say without one site, or another group, at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.deletion import leave_out
from evalkit.mixed.design import DesignFault
from evalkit.models.grouping import group_codes
from evalkit.problems import error

if TYPE_CHECKING:
    from evalkit.models.lmm_fit import LmmFit

COLUMNS = ("left_out", "term", "estimate", "std_error", "dfbetas", "cooks_distance", "possible", "converged")


def without_each(fit: LmmFit, group: str) -> pd.DataFrame:
    """Fit again without each level of a grouping, variances included.

    Parameters
    ----------
    fit : of `evalkit.lmm`.
    group : a column of the formula, or several as `site:wave`, such as `site` or `respondent`.

    Returns
    -------
    One row a level and fixed term, `COLUMNS`. `dfbetas` is how far the estimate falls without the level,
    in standard errors; `cooks_distance` tells how far all of them move. Where a term cannot be estimated
    without the level, `possible` is false and the numbers are missing.

    Raises
    ------
    ProblemsFound
        A column that the formula does not have; one with a single level.
    """
    parts = tuple(group.split(":"))
    known = [str(name) for name in fit.frame.data.columns]
    if not set(parts) <= set(known):
        raise ProblemsFound([error("mixed.unknown_group", group=group, known=", ".join(known))])
    levels = group_codes(fit.frame.data, parts)
    try:
        found = leave_out(fit.mixed, levels.codes)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault
    names, number = fit.mixed.names, len(found.labels)
    columns = (
        np.repeat(levels.labels[found.labels], len(names)),
        np.tile(np.array(names, dtype=object), number),
        found.coefficients.ravel(),
        found.std_errors.ravel(),
        found.dfbetas.ravel(),
        *(np.repeat(v, len(names)) for v in (found.cooks_distance, found.possible, found.converged)),
    )
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
