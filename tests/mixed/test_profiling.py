"""Profile likelihood intervals against lme4's, and against their definition."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed.deviation_scale import natural_point, phi_of
from evalkit.mixed.fitting import fit_mixed
from evalkit.mixed.profiling import profile_intervals
from tests.mixed.designs import panel
from tests.mixed.reference import case

PROFILED = ("sleepstudy", "penicillin", "pastes", "dyestuff", "dyestuff2", "cbpp", "orthodont", "ham")
# lme4 reads its ends off a spline through profiled points.
ENDS = 1e-3


def told_intervals(answers: dict) -> tuple[dict, list, list]:
    told = answers["profile_ci"]
    sigma = told["sigma"]
    deviations = {name: ends for name, ends in told.items() if name.startswith(("sd_", "cor_"))}
    fixed = [ends for name, ends in told.items() if name not in deviations and name != "sigma"]
    return deviations, sigma, fixed


@pytest.mark.parametrize("name", PROFILED)
def test_intervals_equal_lme4(name: str) -> None:
    known = case(name)
    found = profile_intervals(fit_mixed(known.y, known.X, known.terms, names=known.names))
    deviations, sigma, fixed = told_intervals(known.answers)
    for where, interval in zip(found.coordinates, found.intervals, strict=True):
        turned = ":".join(reversed(where.factor.split(":")))
        names = [
            f"sd_{where.first}|{group}"
            if where.first == where.second
            else f"cor_{where.second}.{where.first}|{group}"
            for group in (where.factor, turned)
        ]
        ends = next(deviations[name] for name in names if name in deviations)
        np.testing.assert_allclose([interval.low, interval.high], ends, rtol=ENDS, atol=ENDS * 0.1)
    if sigma[1] is not None:
        np.testing.assert_allclose([found.sigma.low, found.sigma.high], sigma, rtol=ENDS)
    np.testing.assert_allclose([[i.low, i.high] for i in found.fixed], fixed, rtol=ENDS)


def test_interval_of_a_fixed_effect_is_where_the_deviance_rises_by_the_quantile() -> None:
    data = panel(3, site_wave=True)
    fit = fit_mixed(data.y, data.X, data.terms, reml=False)
    interval = profile_intervals(fit).fixed[2]
    for end in (interval.low, interval.high):
        offset = data.y - data.X[:, 2] * end
        rise = fit_mixed(offset, data.X[:, :2], data.terms, reml=False).criterion - fit.criterion
        assert rise == pytest.approx(3.841458820694124, abs=1e-5)


def test_deviations_and_correlations_have_the_derivatives_they_claim() -> None:
    fit = fit_mixed(panel(3).y, panel(3).X, panel(3).terms)
    shape = fit.prepared.shape
    phi = phi_of(shape, list(fit.covariances), fit.sigma)
    step, point = 1e-6, natural_point(shape, phi)
    for k in range(len(phi)):
        change = step * np.eye(len(phi))[k]
        after, before = natural_point(shape, phi + change), natural_point(shape, phi - change)
        slope = (after.values - before.values) / (2 * step)
        bend = (after.jacobian - before.jacobian) / (2 * step)
        np.testing.assert_allclose(point.jacobian[:, k], slope, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(point.curvature[:, :, k], bend, rtol=1e-6, atol=1e-7)
