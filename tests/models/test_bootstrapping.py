"""Parametric bootstrap: the same parameters as the profile, the spread that theory gives."""

from __future__ import annotations

import numpy as np

from evalkit.models.lmm import lmm
from tests.models.panels import panel


def test_spread_of_draws_is_the_standard_error_and_a_seed_gives_the_same() -> None:
    fit = lmm("cohesion ~ time * arm + (1 + time | respondent)", panel())
    found = fit.bootstrap(600, np.random.default_rng(2))
    fixed = found.table[found.table["group"].isna()]
    np.testing.assert_allclose(fixed["std_error"], fit.mixed.std_errors, rtol=0.15)
    np.testing.assert_array_equal(fixed["estimate"], fit.table["estimate"])
    again = fit.bootstrap(600, np.random.default_rng(2))
    np.testing.assert_array_equal(found.draws, again.draws)
    assert found.left_out + len(found.draws) == 600


def test_parameters_are_those_of_the_profile() -> None:
    fit = lmm("cohesion ~ time + (1 + time | respondent) + (1 | site)", panel())
    names = ["group", "term1", "term2"]
    drawn = fit.bootstrap(20, np.random.default_rng(1)).table[names].fillna("")
    profile = fit.profile()[names].fillna("")
    assert set(drawn.itertuples(index=False, name=None)) == {
        tuple(row) for row in profile.itertuples(index=False, name=None)
    }


def test_deviations_and_correlations_lie_around_the_fits() -> None:
    fit = lmm("cohesion ~ time + (1 | respondent)", panel())
    table = fit.bootstrap(300, np.random.default_rng(3)).table
    assert (table["conf_low"] < table["estimate"]).all() and (table["estimate"] < table["conf_high"]).all()
