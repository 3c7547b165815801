"""The engine `ordinal` on models of the plan: the formula's numbers, sites as fixed, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.clmm import clmm
from evalkit.models.engine import EngineFailed
from evalkit.models.engines.ordinal import ENGINE
from evalkit.models.fit import EFFECT_COLUMNS, INTERCEPT, TABLE_COLUMNS, VARIANCE_COLUMNS
from evalkit.models.logistic import logistic
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.texts.phrases import phrase
from tests.mixed.quadrature.cases import table

SAME = 1e-6
PERSON = RandomTerm("person")


def spec(outcome: str, random: tuple[RandomTerm, ...], **changed: object) -> ModelSpec:
    data = table("panel").assign(**changed)
    fixed = {INTERCEPT: 1.0, "wave[1]": data["wave"] == 1, "wave[2]": data["wave"] == 2}
    design = pd.DataFrame(fixed, index=data.index).astype(float)
    return ModelSpec(outcome, data, design, random, phrase("words.list_and"), {})


@pytest.mark.parametrize(("outcome", "verb"), [("often", clmm), ("yes", logistic)])
def test_equals_the_formula(outcome: str, verb) -> None:
    fit = ENGINE.fit(spec(outcome, (PERSON,)))
    formula = verb(f"{outcome} ~ C(wave) + (1 | person)", table("panel"))
    assert tuple(fit.table.columns) == TABLE_COLUMNS
    assert tuple(fit.variance_components.columns) == VARIANCE_COLUMNS
    assert tuple(fit.random_effects.columns) == EFFECT_COLUMNS
    np.testing.assert_allclose(fit.table["estimate"], formula.table["estimate"], atol=SAME)
    np.testing.assert_allclose(fit.table["std_error"], formula.table["std_error"], atol=SAME)
    assert fit.criterion == pytest.approx(formula.criterion)
    assert not fit.problems and fit.converged


def test_sites_and_sites_by_wave_become_fixed_and_slopes_are_left_out() -> None:
    random = (RandomTerm("person", (INTERCEPT, "wave")), RandomTerm("site"), RandomTerm("site:wave"))
    fit = ENGINE.fit(spec("often", random))
    assert [problem.code for problem in fit.problems] == ["clmm.slope_left_out", "clmm.terms_as_fixed"]
    assert fit.problems[1].values["groups"] == "site, site:wave"
    assert fit.table["term"].tolist() == ["1|2", "2|3", "3|4", "4|5", "wave[1]", "wave[2]"]
    saturated = clmm("often ~ C(wave) * site + (1 | person)", table("panel"))
    assert fit.criterion == pytest.approx(saturated.criterion)
    assert fit.n_sites == 6 and fit.n_waves == 3


def test_sites_too_many_to_be_fixed_are_left_out_and_said() -> None:
    many = [f"s{k}" for k in range(80)]
    site = np.array(many)[table("panel")["person"] % 80]
    fit = ENGINE.fit(spec("yes", (PERSON, RandomTerm("site"), RandomTerm("site:wave")), site=site))
    (problem,) = fit.problems
    assert (problem.code, problem.severity) == ("clmm.terms_left_out", "warning")


def test_data_that_cannot_bear_the_model_are_refused_in_words() -> None:
    with pytest.raises(EngineFailed, match="would be infinite"):
        yes = table("panel")["yes"] | (table("panel")["wave"] == 2)
        ENGINE.fit(spec("yes", (PERSON,), yes=yes))
    with pytest.raises(EngineFailed, match="283 different values"):
        ENGINE.fit(spec("x", (PERSON,)))
