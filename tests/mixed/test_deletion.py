"""Fits without one cluster each: against fits of the rows that stay, and against lme4."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.arrays import IntArray
from evalkit.mixed.deletion import leave_out
from evalkit.mixed.design import DesignFault, RandomTerm
from evalkit.mixed.fitting import MixedFit, fit_mixed
from tests.mixed.designs import Data, panel
from tests.mixed.reference import FOLDER, case

EXAMPLES = settings(max_examples=8, deadline=None)


def fit_of(data: Data, reml: bool = True) -> MixedFit:
    return fit_mixed(data.y, data.X, data.terms, weights=data.weights, reml=reml)


def kept(data: Data, keep: np.ndarray) -> Data:
    terms = tuple(replace(t, codes=t.codes[keep], columns=t.columns[keep]) for t in data.terms)
    return Data(data.y[keep], data.X[keep], terms, data.weights[keep])


def assert_equals_fits_of_the_rest(data: Data, codes: IntArray, reml: bool, which: list[int]) -> None:
    """The criterion may not be above that of a fit afresh; where it equals it, so does all else."""
    whole = fit_of(data, reml)
    found = leave_out(whole, codes, which)
    assert found.labels.tolist() == which
    for k, code in enumerate(which):
        again = fit_of(kept(data, codes != code), reml)
        assert found.criterion[k] == pytest.approx(again.criterion, abs=1e-7)
        np.testing.assert_allclose(found.coefficients[k], again.coefficients, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found.std_errors[k], again.std_errors, rtol=1e-5)
        np.testing.assert_allclose(found.theta[k], again.theta, rtol=1e-4, atol=1e-4)
        assert found.sigma[k] == pytest.approx(again.sigma, rel=1e-5)
        assert found.converged[k] == again.converged
        moved = whole.coefficients - again.coefficients
        np.testing.assert_allclose(found.dfbetas[k], moved / again.std_errors, rtol=1e-4, atol=1e-5)
        distance = moved @ np.linalg.inv(whole.covariance) @ moved / len(moved)
        assert found.cooks_distance[k] == pytest.approx(distance, rel=1e-4, abs=1e-8)


@EXAMPLES
@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_deletion_equals_a_fit_of_the_rest(
    seed: int, crossed: bool, site_wave: bool, weighted: bool, continuous: bool, reml: bool
) -> None:
    data = panel(
        seed,
        residents=30,
        sites=5,
        crossed=crossed,
        site_wave=site_wave,
        weighted=weighted,
        continuous=continuous,
    )
    assert_equals_fits_of_the_rest(data, data.terms[0].codes, reml, [0, 13, 29])
    assert_equals_fits_of_the_rest(data, data.terms[1].codes, reml, [0, 3])


def test_waves_that_cross_residents_are_summed_again() -> None:
    data = panel(3, weighted=True, site_wave=True)
    wave = np.rint(data.X[:, 1]).astype(int)
    assert_equals_fits_of_the_rest(data, wave, True, [0, 1, 2, 3])


def test_as_many_residents_left_as_designs_there_were() -> None:
    data = panel(0, residents=12, sites=4, waves=3, slope=False)
    resident, site = (term.codes for term in data.terms)
    left = [len(np.unique(resident[site != code])) for code in range(4)]
    assert len(fit_of(data).prepared.sums.pattern) in left
    assert_equals_fits_of_the_rest(data, data.terms[1].codes, True, [0, 1, 2, 3])


def test_one_grouping_alone() -> None:
    data = panel(5)
    data = replace(data, terms=data.terms[:1])
    assert_equals_fits_of_the_rest(data, data.terms[0].codes, True, [2, 7])


def test_a_wide_block_of_outer_effects() -> None:
    data = panel(8, sites=150, residents=300, waves=3, slope=False)
    area = RandomTerm(data.terms[1].codes % 3, data.X[:, :1], True, "area", ("i",))
    data = replace(data, terms=(*data.terms, area))
    assert_equals_fits_of_the_rest(data, data.terms[0].codes, True, [4])
    assert_equals_fits_of_the_rest(data, data.terms[1].codes, True, [9])


def test_schools_left_out_equal_lme4() -> None:
    known = case("egsingle")
    fit = fit_mixed(known.y, known.X, known.terms, names=known.names)
    told = json.loads((FOLDER.parent / "robust" / "egsingle.json").read_text(encoding="utf-8"))["without"]
    schools = [int(one["school"]) for one in told]
    found = leave_out(fit, known.frame.schoolid.astype(int).to_numpy(), schools)
    assert found.converged.all()
    for k, one in enumerate(told):
        assert found.criterion[k] <= one["criterion"] + 1e-6
        np.testing.assert_allclose(found.coefficients[k], one["coefficients"], rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(found.std_errors[k], one["SE"], rtol=1e-5)
        np.testing.assert_allclose(found.theta[k], one["theta"], rtol=1e-4, atol=1e-5)
        assert found.sigma[k] == pytest.approx(one["sigma"], rel=1e-6)


def test_the_whole_fit_is_left_as_it_was() -> None:
    data = panel(9)
    fit = fit_of(data)
    before = (fit.prepared.sums.xx.copy(), fit.prepared.sums.leaf_x.copy(), fit.criterion)
    leave_out(fit, data.terms[1].codes)
    np.testing.assert_array_equal(before[0], fit.prepared.sums.xx)
    np.testing.assert_array_equal(before[1], fit.prepared.sums.leaf_x)
    assert fit_of(data).criterion == before[2]


def test_a_site_that_alone_carries_a_coefficient_cannot_be_left_out() -> None:
    data = panel(10, sites=5)
    site = data.terms[1].codes
    fit = fit_of(replace(data, X=np.column_stack([data.X, site == 2])))
    found = leave_out(fit, site)
    assert found.possible.tolist() == [True, True, False, True, True]
    assert np.isnan(found.coefficients[2]).all()
    assert np.isnan(found.cooks_distance[2])
    assert not found.converged[2]


def test_the_last_but_one_site_cannot_be_left_out() -> None:
    data = panel(11, sites=2)
    assert not leave_out(fit_of(data), data.terms[1].codes).possible.any()


def test_codes_without_rows_are_refused() -> None:
    data = panel(12)
    with pytest.raises(DesignFault, match="no_such_cluster"):
        leave_out(fit_of(data), data.terms[1].codes, [99])
