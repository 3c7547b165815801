"""Shares of variance: they sum to one, and agree with the ICC of the description."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.describing import describe
from evalkit.mixed.fitting import fit_mixed
from evalkit.models.variance_shares import variance_shares
from tests.mixed.designs import panel
from tests.models.diagnostics.samples import fit_of, sample


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_shares_sum_to_one_and_to_the_icc(seed: int, slope: bool) -> None:
    data = panel(seed, slope=slope)
    fit = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    found = variance_shares(fit)
    assert found["icc"].sum() == pytest.approx(1.0)
    assert found["icc"].iloc[:-1].sum() == pytest.approx(describe(fit).icc)


def test_with_intercepts_alone_variances_are_those_of_the_fit() -> None:
    fit = fit_of(sample())
    found = variance_shares(fit.mixed).set_index("group")["variance"]
    told = fit.variance_components.set_index("group")["value"]
    np.testing.assert_allclose(found.loc[told.index], told, rtol=1e-8)
