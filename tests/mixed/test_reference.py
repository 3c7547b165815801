"""Fits of real data against lme4's tight optimum."""

from __future__ import annotations

import gzip
import json
from functools import cache

import numpy as np
import pytest

from evalkit.mixed.fitting import MixedFit, fit_mixed
from tests.mixed.reference import FOLDER, NAMES, Case, case, values, variance_component

# lme4's derivative-free optimiser leaves theta with 6 to 7 digits: the criterion is flat there.
CRITERION = 1e-6
# InstEval's reference stands about 1e-6 away in theta from where the gradient vanishes, as a test shows.
RELATIVE = {"insteval": 5e-6}


@cache
def fitted(name: str, reml: bool = True) -> tuple[Case, MixedFit]:
    known = case(name)
    return known, fit_mixed(known.y, known.X, known.terms, names=known.names, reml=reml)


@pytest.mark.parametrize("name", NAMES)
def test_reaches_lme4s_tight_optimum(name: str) -> None:
    known, fit = fitted(name)
    tight = known.answers["tight"]
    assert fit.converged
    assert fit.singular == tight["singular"]
    assert fit.criterion <= tight["REMLcrit"] + CRITERION
    assert fit.criterion == pytest.approx(tight["REMLcrit"], abs=1e-5)
    tolerance = RELATIVE.get(name, 1e-6)
    np.testing.assert_allclose(fit.coefficients, values(tight["fixef"]), rtol=tolerance)
    np.testing.assert_allclose(fit.std_errors, values(tight["se"]), rtol=tolerance)
    for part in tight["varcomp"]:
        assert variance_component(fit, part) == pytest.approx(part["vcov"], rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("name", ["insteval", "egsingle"])
def test_agrees_more_closely_where_lme4s_own_gradient_vanishes(name: str) -> None:
    """R's script steps on lme4's criterion by Newton's method from where its optimiser stopped."""
    with gzip.open(FOLDER / "tighter.json.gz", "rt", encoding="utf-8") as file:
        told = json.load(file)[name]
    _, fit = fitted(name)
    assert np.abs(told["gradient"]).max() < 1e-5
    assert np.abs(told["gradient_before"]).max() > 1e-3
    np.testing.assert_allclose(fit.theta, told["theta"], rtol=1e-7)
    np.testing.assert_allclose(fit.coefficients, told["fixef"], rtol=1e-7)
    np.testing.assert_allclose(fit.std_errors, told["se"], rtol=1e-7)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "insteval"])
def test_reaches_lme4s_ml_optimum(name: str) -> None:
    known, fit = fitted(name, reml=False)
    told = known.answers["ML"]
    assert fit.criterion <= told["deviance"] + CRITERION
    np.testing.assert_allclose(fit.coefficients, values(told["fixef"]), rtol=1e-6)
    for part in told["varcomp"]:
        assert variance_component(fit, part) == pytest.approx(part["vcov"], rel=1e-4, abs=1e-12)


def test_boundary_optimum_is_an_exact_zero() -> None:
    _, fit = fitted("dyestuff2")
    assert fit.theta[0] == 0.0
    assert fit.covariances[0][0, 0] == 0.0
