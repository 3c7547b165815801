"""Which terms of a formula differ between sites and not within them, and when their tests are withheld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evalkit.models.fit import INTERCEPT
from evalkit.models.lmm_fit import LmmFit
from evalkit.problems import Problem, warning

ASYMPTOTIC = "asymptotic"
SHOCK = {"site", "wave"}
TESTED = ["statistic", "df", "p_value", "conf_low", "conf_high"]


def site_level_terms(fit: LmmFit) -> tuple[str, ...]:
    """Return the fixed terms that all residents of a site share in a wave, and that differ between sites.

    A product with such a term is one too, so that `time:arm` is found when visits have dates of their own.
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
    own = {name for name in names if name != INTERCEPT and alike[name] and apart[name]}
    return tuple(name for name in names if name in own or any(part in own for part in name.split(":")))


def withhold_site_level(fit: LmmFit, inference: str) -> LmmFit:
    """Return a fit without the tests that its design cannot bear, with a problem for each that says why.

    For terms that differ between sites: a normal approximation does not hold with few sites, and without a
    term of site and wave a null is rejected up to one time in four where there are two waves or more.
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
