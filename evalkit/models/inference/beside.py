"""The same contrast between sites by every other method that is worth its place, and without each site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import IntArray
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.robust import RobustCovariance, robust_mixed
from evalkit.mixed.robust_wald import robust_t
from evalkit.mixed.wald import ContrastTests
from evalkit.models.fit import Fit
from evalkit.models.grouping import group_codes
from evalkit.models.inference.assignments import allowed_assignments, blocks_of
from evalkit.models.inference.capped import capped_wald_t
from evalkit.models.inference.leaving_sites_out import WithoutSites, leave_sites_out
from evalkit.models.inference.permuting import permutation_test
from evalkit.models.inference.site_changes import SiteChange, design_of, site_change
from evalkit.models.inference.site_numbers import SiteNumbers
from evalkit.models.inference.site_robust import cr2_test
from evalkit.models.inference.site_t_test import t_test
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.inference.two_stage import second_stage
from evalkit.models.inference.wild_bootstrap import wild_bootstrap_test
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.spec import ModelSpec
from evalkit.study.study import Study

Array = npt.NDArray[np.float64]
TWO_ARMS = 2
ARM = 1  # column of the arm in a design of two arms


@dataclass(frozen=True)
class ModelTests:
    """Hold a mixed model with what its tests need, computed once for all its contrasts."""

    fit: MixedFit
    unreduced: MixedFit | None
    site_codes: IntArray

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the fixed terms."""
        return tuple(self.fit.names)

    @property
    def sites(self) -> int:
        """Return how many sites there are."""
        return int(self.site_codes.max()) + 1

    @cached_property
    def robust(self) -> RobustCovariance | None:
        """Return the cluster-robust covariance by site; None where sites cannot be clusters of this model."""
        try:
            return robust_mixed(self.fit, self.site_codes, "CR2")
        except DesignFault:
            return None


def model_tests(spec: ModelSpec, fitted: Fit | None) -> ModelTests | None:
    """Return the tests of a fit; None where its engine is another, or it ignores shocks of sites."""
    if fitted is None or not isinstance(fitted.raw, MixedFit) or not carries_shocks(spec):
        return None
    return ModelTests(fitted.raw, fitted.unreduced, group_codes(spec.data, ("site",)).codes)


@dataclass(frozen=True)
class Beside:
    """Hold the default of a contrast between sites with what stands beside it.

    Parameters
    ----------
    default : two stages, Hartung and Knapp.
    others : Kenward-Roger and CR2 of the mixed model, t of site numbers, permutation, wild bootstrap: those
        that the contrast bears.
    without : the default without each site; None when there is no interval to begin with.
    """

    default: SiteTest
    others: tuple[SiteTest, ...]
    without: WithoutSites | None


def beside(
    outcome: str,
    model: ModelTests | None,
    contrast: SiteContrast,
    numbers: SiteNumbers,
    change: SiteChange,
    study: Study,
) -> Beside:
    """Test a contrast by other methods.

    A single group before and after gets intervals and no p-value by any method: a change is no effect. With
    one site in an arm nothing stands beside the estimate.

    Parameters
    ----------
    outcome : column of the outcome.
    model : `model_tests` of the fit; its methods are left out without it, and where the model does not hold
        the contrast.
    contrast, numbers, change : what was asked, the first stage, and the second.
    study : tells how sites came into arms.
    """
    default = as_test(change)
    if change.std_error is None:
        return Beside(default, (), None)
    found = [*_of_model(model, contrast, change.level), *_of_sites(contrast, numbers, change, study)]
    if not contrast.compares:
        found = [replace(test, p_value=None) for test in found]
    sites = list(numbers.table["site"])

    def again(kept: npt.NDArray[np.intp]) -> SiteTest:
        part = replace(numbers, table=numbers.table.iloc[kept].reset_index(drop=True), left_out=())
        return as_test(site_change(part, contrast, outcome, change.level))

    return Beside(default, tuple(found), leave_sites_out(again, sites))


def carries_shocks(spec: ModelSpec) -> bool:
    """Return whether a model has a term for what a site shares in a wave, where there are two or more."""
    waves = spec.data["wave"].nunique() if "wave" in spec.data else 1
    return waves < 2 or any(term.group == "site:wave" for term in spec.random)


def as_test(change: SiteChange) -> SiteTest:
    """Return the second stage in the fields that all site tests share."""
    statistic = None
    if change.estimate is not None and change.std_error:
        statistic = change.estimate / change.std_error
    return SiteTest(
        method=change.method,
        estimate=change.estimate,
        std_error=change.std_error,
        df=change.df,
        statistic=statistic,
        p_value=change.p_value,
        conf_low=change.conf_low,
        conf_high=change.conf_high,
        n_sites=change.n_sites,
    )


def _of_model(model: ModelTests | None, contrast: SiteContrast, level: float) -> Iterator[SiteTest]:
    if model is None or not contrast.row or not set(contrast.row) <= set(model.names):
        return
    row = np.zeros(len(model.names))
    row[[model.names.index(term) for term in contrast.row]] = list(contrast.row.values())
    tested = capped_wald_t(model.fit, model.unreduced, row, level=level)
    yield _single("kenward_roger", tested, model.sites)
    if model.robust is not None:
        yield _single("cr2_mixed", robust_t(model.robust, row, level=level), model.sites)


def _single(method: str, found: ContrastTests, sites: int) -> SiteTest:
    def plain(values: Array) -> float | None:
        return float(values[0]) if np.isfinite(values[0]) else None

    return SiteTest(
        method=method,
        estimate=plain(found.estimate),
        std_error=plain(found.std_error),
        df=plain(found.df),
        statistic=plain(found.statistic),
        p_value=plain(found.p_value),
        conf_low=plain(found.conf_low),
        conf_high=plain(found.conf_high),
        n_sites=sites,
    )


def _of_sites(
    contrast: SiteContrast, numbers: SiteNumbers, change: SiteChange, study: Study
) -> Iterator[SiteTest]:
    if contrast.slope is not None:
        design, row = design_of(numbers, contrast)
        yield cr2_test(numbers.changes, design, int(np.flatnonzero(row)[0]), level=change.level).single()
        return
    if len(contrast.arms) < TWO_ARMS:
        alone = replace(numbers, table=numbers.table.assign(sampling=1.0))
        yield replace(as_test(site_change(alone, contrast, "", change.level)), method="t_test")
        return
    design, _ = design_of(numbers, contrast)
    arms = numbers.in_arm(contrast.arms[0])
    if not contrast.covariates:
        yield t_test(numbers.changes, arms, level=change.level).single()
    weights = second_stage(numbers.changes, numbers.variances, design).weights[0]
    # Weights that know the arms would make the permutation inexact: its own do not.
    blind = second_stage(numbers.changes, numbers.variances, np.ones((len(arms), 1))).weights[0]
    allowed = allowed_assignments(arms, blocks_of(study, list(numbers.table["site"])))
    drawn = study.file.assignment.how == "randomised"
    yield permutation_test(
        numbers.changes, design, ARM, allowed, blind, randomised=drawn, level=change.level
    ).single()
    yield wild_bootstrap_test(numbers.changes, design, ARM, weights, level=change.level).single()
