"""Items give the score that was asked for, and shifts move it just so far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evalkit.power.item_response import item_response
from evalkit.power.measure import Measure


@settings(max_examples=25, deadline=None)
@given(
    mean=st.floats(35, 70),
    sd=st.floats(11, 20),
    alpha=st.floats(0.6, 0.9),
    items=st.integers(3, 8),
    high=st.integers(3, 7),
)
def test_expected_score_is_the_mean_and_shifts_invert(
    mean: float, sd: float, alpha: float, items: int, high: int
) -> None:
    measure = Measure("m", tuple(f"i{n}" for n in range(items)), 1, high, mean, sd, alpha)
    try:
        response = item_response(measure)
    except ValueError:
        assume(False)
    assert response.expected_score(0.0) == pytest.approx(mean, abs=1e-4)
    assert response.shift_for(mean) == pytest.approx(0.0, abs=1e-5)
    assert response.expected_score(response.shift_for(mean + 5)) == pytest.approx(mean + 5)
    assert list(response.cuts) == sorted(response.cuts)


@pytest.mark.parametrize("alpha", [0.70, 0.80])
def test_drawn_answers_have_the_mean_sd_and_alpha(alpha: float) -> None:
    measure = Measure("m", tuple("abcdef"), alpha=alpha)
    rng = np.random.default_rng(11)
    people = 60_000
    answers = item_response(measure).draw(rng.standard_normal(people), np.zeros(people), 6, rng)
    score = 25 * answers.mean(axis=1)
    assert score.mean() == pytest.approx(57, abs=0.3)
    assert score.std() == pytest.approx(15, abs=0.2)
    found = 6 / 5 * (1 - answers.var(axis=0).sum() / answers.sum(axis=1).var())
    assert found == pytest.approx(alpha, abs=0.01)
    assert set(np.unique(answers)) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    "measure", [Measure("m", ("a", "b", "c"), 0, 1), Measure("m", ("a", "b", "c"), sd=45.0)]
)
def test_figures_that_no_items_can_give_are_refused(measure: Measure) -> None:
    with pytest.raises(ValueError):
        item_response(measure)
