"""Which terms of a formula all residents of a site share in a wave, and when their tests are withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.fit import INTERCEPT
from evalkit.models.lmm_fit import LmmFit
from evalkit.problems import Problem, warning

ASYMPTOTIC = "asymptotic"
SHOCK = {"site", "wave"}
# Visits of one site and wave lie some weeks apart, waves a year: of time, such a share lies within them.
SHARED = 0.1
TESTED = ["statistic", "df", "p_value", "conf_low", "conf_high"]


def site_level_terms(fit: LmmFit) -> tuple[str, ...]:
    """Return the fixed terms that all residents of a site share in a wave: what sites and waves are.

    A product with a term that differs between sites is one too. Time is one also when visits have dates of
    their own: less than a tenth of its variance then lies within sites and waves.
    """
    data = fit.frame.data
    if "site" not in data:
        return ()
    names, columns = list(fit.frame.names), pd.DataFrame(fit.frame.X, columns=list(fit.frame.names))
    cells = [data["site"].astype(str).to_numpy()]
    if "wave" in data:
        cells.append(data["wave"].astype(str).to_numpy())
    within = columns.groupby(cells).agg(np.ptp).max()
    by_wave = columns.groupby(cells[1]).agg(np.ptp).max() if len(cells) > 1 else columns.agg(np.ptp)
    scale = columns.abs().max()
    alike, apart = within <= 1e-9 * scale, by_wave > 1e-9 * scale
    of_sites = {name for name in names if name != INTERCEPT and alike[name] and apart[name]}
    shared = _mostly_shared(columns, cells) | of_sites
    return tuple(name for name in names if name in shared or of_sites & set(name.split(":")))


def _mostly_shared(columns: pd.DataFrame, cells: list[npt.NDArray[np.object_]]) -> set[str]:
    """Return the columns of whose variance less than a tenth lies within sites and waves."""
    grouped = columns.groupby(cells)
    spread = (columns - grouped.transform("mean")).pow(2).sum()
    within = spread / max(len(columns) - grouped.ngroups, 1)
    return set(columns.columns[within < SHARED * columns.var()])


def withhold_site_level(fit: LmmFit, inference: str) -> LmmFit:
    """Return a fit without the tests that its design cannot bear, with a problem for each that says why.

    For terms that residents of a site share in a wave: a normal approximation does not hold with few sites,
    and without a term of site and wave a null is rejected up to one time in four where there are two waves
    or more.
    """
    terms = site_level_terms(fit)
    problems: list[Problem] = []
    if inference == ASYMPTOTIC:
        problems += [warning("caution.asymptotic", term=term, method=inference) for term in terms]
    waves = fit.frame.data["wave"].nunique() if "wave" in fit.frame.data else 1
    shocks = any(set(grouping.name.split(":")) == SHOCK for grouping in fit.frame.groupings)
    if waves > 1 and not shocks:
        problems += [warning("caution.no_site_wave", term=term) for term in terms]
    if not problems:
        return fit
    table = fit.table.copy()
    table.loc[table["term"].isin(terms), TESTED] = np.nan
    return replace(fit, table=table, problems=(*fit.problems, *problems))
