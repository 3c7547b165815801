"""Leaving a group out equals fitting the other rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import fit_mixed
from evalkit.mixed.leaving_out import leave_out
from tests.mixed.designs import Data, panel


def without(data: Data, rows: np.ndarray) -> Data:
    terms = tuple(replace(t, codes=t.codes[rows], columns=t.columns[rows]) for t in data.terms)
    return Data(data.y[rows], data.X[rows], terms, data.weights[rows])


@pytest.mark.parametrize(
    "shape", [{}, {"site_wave": True, "weighted": True}, {"slope": False}, {"continuous": True}]
)
def test_each_fit_equals_the_fit_of_the_other_rows(shape: dict[str, bool]) -> None:
    data = panel(31, residents=40, sites=5, **shape)
    sites = data.terms[1].codes
    found = leave_out(fit_mixed(data.y, data.X, data.terms, weights=data.weights), sites)
    assert found.converged.all()
    for site in range(5):
        part = without(data, sites != site)
        alone = fit_mixed(part.y, part.X, part.terms, weights=part.weights)
        np.testing.assert_allclose(found.coefficients[site], alone.coefficients, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(found.std_errors[site], alone.std_errors, rtol=1e-5)
        assert found.sigma[site] == pytest.approx(alone.sigma, rel=1e-5)


def test_residents_can_be_left_out_where_they_are_the_only_groups() -> None:
    data = panel(32)
    alone = replace(data, terms=data.terms[:1])
    fit = fit_mixed(alone.y, alone.X, alone.terms)
    found = leave_out(fit, fit.prepared.factors[0].codes)
    rows = fit.prepared.factors[0].codes != 3
    part = without(alone, rows)
    np.testing.assert_allclose(
        found.coefficients[3], fit_mixed(part.y, part.X, part.terms).coefficients, rtol=1e-5, atol=1e-7
    )


def test_groups_that_cut_levels_are_refused() -> None:
    data = panel(33)
    with pytest.raises(DesignFault, match="cluster_cuts_groups"):
        leave_out(fit_mixed(data.y, data.X, data.terms), np.arange(len(data.y)) % 3)
