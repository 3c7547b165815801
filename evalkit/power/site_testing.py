"""The default test of a contrast between sites, for all data sets of some draws at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.cell_means import CellMeans, cell_means
from evalkit.models.inference.first_stage import first_stage
from evalkit.models.inference.site_changes import SiteChange, design_of, site_change
from evalkit.models.inference.site_numbers import SiteNumbers
from evalkit.models.inference.site_tests import SiteTests
from evalkit.models.inference.stacked import stacked_change
from evalkit.models.inference.two_stage_batch import second_stage_tests
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans
from evalkit.power.drawing import Draws
from evalkit.power.planned_study import SCORE, panel_of
from evalkit.power.question import Posed, Question, pose
from evalkit.power.replicates import FAILED, GIVEN, WITHHELD, Replicates, joined, nothing_given, placed
from evalkit.power.scenario import Scenario
from evalkit.problems import Problem

Array = npt.NDArray[np.float64]


def site_tests(
    scenario: Scenario, draws: Draws, question: Question, posed: Posed, measure: int
) -> Replicates:
    """Test the contrast in every data set, in two stages as `evalkit fit` does.

    One number a site from its means by restricted likelihood, then a regression over sites. Contrasts that
    stack several windows, or rest on covariates of sites, are worked one data set at a time by the functions
    of the analysis itself; all others together.

    Parameters
    ----------
    scenario, draws : the design, and B data sets of it.
    question, posed : what is asked, and the same posed to one of the data sets.
    measure : number of the measure.
    """
    contrast = posed.contrast
    if contrast.stack or contrast.covariates or contrast.by is not None:
        each = range(draws.scores.shape[1])
        return joined([_one(scenario, draws, question, posed, measure, b) for b in each])
    sites = tuple(site for site in scenario.sites if site in posed.spec.levels["site"])
    kept = np.isin(np.array(scenario.sites)[draws.site_of], sites)
    number = pd.Index(sites).get_indexer(pd.Index(np.array(scenario.sites)[draws.site_of[kept]]))
    waves = [scenario.waves.index(wave) for wave in posed.spec.levels["wave"]]
    found = cell_means(draws.scores[measure][:, kept][:, :, waves], number, len(sites))
    changes, variances = _numbers(found, contrast, sites, posed.spec.levels["wave"])
    arms = contrast.members or {site: str(scenario.arms[site]) for site in sites}
    wanted = [not contrast.arms or arms.get(site) in contrast.arms for site in sites]
    changes[:, ~np.array(wanted)] = np.nan
    table = pd.DataFrame({"site": sites, "arm": [arms.get(site) for site in sites]})
    return _by_sites_present(changes, variances, table, contrast, question.alpha)


def _numbers(
    found: CellMeans, contrast: SiteContrast, sites: tuple[str, ...], waves: tuple[str, ...]
) -> tuple[Array, Array]:
    """Return each site's number and its sampling variance, (B, sites); NaN where a site has none."""
    changes, variances = [], []
    for b in range(len(found.means)):
        both = found.both if found.both.ndim == 3 else found.both[b]
        counts = np.diagonal(both, axis1=1, axis2=2)
        means = SiteMeans(
            sites, waves, found.means[b], found.raw_means[b], found.sampling[b], counts, both,
            found.covariance[b], bool(found.converged[b]),
        )  # fmt: skip
        weights = contrast.weigh(means)
        changes.append(np.where(weights == 0, 0.0, weights * means.means).sum(axis=1))
        variances.append(np.einsum("st,stu,su->s", weights, means.sampling, weights))
    return np.array(changes), np.array(variances)


def _by_sites_present(
    changes: Array, variances: Array, table: pd.DataFrame, contrast: SiteContrast, alpha: float
) -> Replicates:
    """Test data sets together that have a number of the same sites."""
    present = np.isfinite(changes)
    kinds, kind_of = np.unique(present, axis=0, return_inverse=True)
    parts = []
    for number, kind in enumerate(kinds):
        where = np.flatnonzero(kind_of.ravel() == number)
        own = SiteNumbers(table[kind].reset_index(drop=True), (), 0, True)
        smallest = min((int(own.in_arm(arm).sum()) for arm in contrast.arms), default=int(kind.sum()))
        if smallest < 2:
            continue
        design, row = design_of(own, contrast)
        tests = second_stage_tests(
            changes[where][:, kind], variances[where][:, kind], design, row, level=1 - alpha
        )
        parts.append((where, _as_replicates(tests)))
    return placed(len(changes), parts)


def _as_replicates(tests: SiteTests) -> Replicates:
    state = np.where(np.isfinite(tests.p_value), GIVEN, WITHHELD).astype(np.int8)
    numbers = (tests.estimate, tests.std_error, tests.df, tests.p_value, tests.conf_low, tests.conf_high)
    return Replicates(state, *(np.array(values, dtype=float) for values in numbers))


def _one(
    scenario: Scenario, draws: Draws, question: Question, posed: Posed, measure: int, replicate: int
) -> Replicates:
    """Test one data set as the analysis does."""
    again = pose(question, panel_of(scenario, draws, measure, replicate), posed.study)
    if isinstance(again, Problem):
        return nothing_given(1, FAILED)
    numbers_of, level = first_stage(again.spec, posed.study), 1 - question.alpha
    contrast = again.contrast
    if contrast.stack:
        windows = [numbers_of(one) for one in contrast.stack]
        return _of_change(stacked_change(windows, contrast, SCORE, level))
    return _of_change(site_change(numbers_of(contrast), contrast, SCORE, level))


def _of_change(change: SiteChange) -> Replicates:
    from scipy.stats import t

    if change.estimate is None or not change.std_error or change.df is None:
        return nothing_given(1, WITHHELD)
    p_value = 2 * t.sf(abs(change.estimate) / change.std_error, change.df)
    numbers = (change.estimate, change.std_error, change.df, p_value, change.conf_low, change.conf_high)
    return Replicates(np.zeros(1, dtype=np.int8), *(np.array([value], dtype=float) for value in numbers))
