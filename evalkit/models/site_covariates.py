"""Numbers of sites that a contrast between them is adjusted for."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.problems import error
from evalkit.study.study import Study

OPTION = "site_covariates"
HOUSEHOLDS, BASELINE = "households", "baseline"


def site_covariates(
    rows: pd.DataFrame, outcome: str, since: str, study: Study, options: Mapping[str, object]
) -> Mapping[str, Mapping[str, float]]:
    """Return the covariates that an analysis names, by name and site.

    Parameters
    ----------
    rows : of the analysis.
    outcome : column of the outcome.
    since : the wave that others are compared with.
    study : the study.
    options : `site_covariates`, one name or several: `households`, of `study.yaml`; `baseline`, the plain
        mean of the outcome at the site in wave `since`.

    Raises
    ------
    ProblemsFound : a name that is neither.
    """
    given = options.get(OPTION, ())
    names = [str(name) for name in given] if isinstance(given, list | tuple) else [str(given)]
    known = (HOUSEHOLDS, BASELINE)
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(known)
        raise ProblemsFound([error("models.unknown_covariate", name=n, known=listed) for n in unknown])
    return {name: _values(name, rows, outcome, since, study) for name in names}


def _values(name: str, rows: pd.DataFrame, outcome: str, since: str, study: Study) -> Mapping[str, float]:
    if name == HOUSEHOLDS:
        return {site.id: float(site.households) for site in study.sites if site.households is not None}
    first = rows[rows["wave"].astype(str) == since]
    means = first.groupby(first["site"].astype(str))[outcome].mean()
    return {str(site): float(mean) for site, mean in means.items()}
