"""Estimates, errors and likelihoods of R's glmer and clmm, by number of nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import gammaln

from tests.mixed.quadrature.cases import ANSWERS, case, table

# glmer was run to the end (tolPwrss, rhoend); what is left is its differenced Hessian. clmm stops by its
# gradient, and its modes by Laplace's approximation are found to four digits.
ESTIMATE, STD_ERROR, LOG_LIKELIHOOD = 1e-4, 3e-4, 1e-5
MODELS = [(name, answer) for name in ("cbpp", "wine", "panel_yes", "panel_often") for answer in ANSWERS[name]]


@pytest.mark.parametrize(("name", "answer"), MODELS, ids=[f"{n}-{a['nodes']}" for n, a in MODELS])
def test_equals_r(name: str, answer: dict[str, Any]) -> None:
    fit = case(name).fit(answer["nodes"])
    assert fit.converged and not fit.boundary
    np.testing.assert_allclose(fit.parameters[:-1], answer["estimate"], atol=ESTIMATE)
    np.testing.assert_allclose(fit.std_errors[:-1], answer["std_error"], atol=STD_ERROR)
    assert fit.sd == pytest.approx(answer["sd"], abs=ESTIMATE)
    if name != "cbpp":
        assert fit.log_likelihood == pytest.approx(answer["loglik"], abs=LOG_LIKELIHOOD)


def test_laplace_likelihood_of_counts_equals_glmers_with_its_constant() -> None:
    herds = table("cbpp")
    yes, size = herds["incidence"], herds["size"]
    constant = (gammaln(size + 1) - gammaln(yes + 1) - gammaln(size - yes + 1)).sum()
    found = case("cbpp").fit(1).log_likelihood + constant
    assert found == pytest.approx(ANSWERS["cbpp"][0]["loglik"], abs=LOG_LIKELIHOOD)


def test_laplace_is_far_off_with_few_answers_a_person_and_15_nodes_are_not() -> None:
    laplace, default, many = (case("panel_yes").fit(nodes).sd for nodes in (1, 15, 41))
    assert abs(default - many) < 1e-2 * abs(laplace - many)
