"""Every method has its words, and what cannot be told is withheld with its reason."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.models.inference import permuting, site_robust, site_t_test, wild_bootstrap
from evalkit.models.inference.assignments import allowed_assignments
from evalkit.models.inference.permuting import permutation_test
from evalkit.models.inference.site_robust import cr2_test
from evalkit.models.inference.site_t_test import t_test
from evalkit.models.inference.site_tests import SiteTests, by_t
from evalkit.models.inference.wild_bootstrap import wild_bootstrap_test
from evalkit.texts.phrases import sentences
from tests.models.inference.few_sites import ARM, Array


def _by_every_method(changes: Array, design: Array) -> list[SiteTests]:
    allowed = allowed_assignments(design[:, ARM])
    return [
        cr2_test(changes, design, ARM),
        permutation_test(changes, design, ARM, allowed, randomised=True),
        wild_bootstrap_test(changes, design, ARM),
    ]


def test_every_method_has_its_words() -> None:
    methods = {site_robust.METHOD, wild_bootstrap.METHOD}
    methods |= {*site_t_test.METHODS.values(), *permuting.METHODS.values()}
    assert {f"inference.method.{method}" for method in methods} <= set(sentences("en"))


@pytest.mark.parametrize(
    ("covariate", "code"),
    [([3.0, 3, 1], "inference.arm_explained"), ([0.2, 0.7, 0.4], "inference.sites_too_few")],
)
def test_why_there_is_no_test_is_said(covariate: list[float], code: str) -> None:
    design = np.column_stack([np.ones(3), [1.0, 1, 0], covariate])
    for found in _by_every_method(np.array([1.0, 2, 4]), design):
        assert code in [problem.code for problem in found.problems]
        assert np.isnan(found.p_value) and np.isnan(found.conf_low)


def test_an_arm_of_one_site_is_said() -> None:
    found = t_test(np.array([1.0, 2, 4]), np.array([True, False, False]))
    assert [problem.code for problem in found.problems] == ["inference.arm_of_few_sites"]


def test_sites_that_do_not_vary_give_no_standard_error() -> None:
    design = np.column_stack([np.ones(6), [1.0, 1, 1, 0, 0, 0]])
    changes = np.array([0.3, 0.3, 0.3, 0.1, 0.1, 0.1])
    for found in (
        cr2_test(changes, design, ARM),
        wild_bootstrap_test(changes, design, ARM),
        t_test(changes, design[:, ARM] == 1),
    ):
        test = found.single()
        assert test.estimate == pytest.approx(0.2)
        assert (test.std_error, test.p_value, test.conf_low, test.conf_high) == (None, None, None, None)


def test_tests_by_t_take_one_df_for_all() -> None:
    found = by_t("two_stage", np.array([1.0, 2.0]), np.array([1.0, 0.0]), 3.0, level=0.9, n_sites=5)
    assert found.df.tolist()[0] == 3.0 and np.isnan(found.df[1])
    assert found.conf_low[0] == pytest.approx(1 - 2.353363, abs=1e-6)  # t table, 3 df, .95
