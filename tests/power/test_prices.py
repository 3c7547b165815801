"""What a design costs, and how many answers it is expected to bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evalkit.power.drawing import draw
from evalkit.power.prices import Prices, cost, expected_answers
from evalkit.power.scenario import Scenario
from evalkit.power.varying import with_residents, with_sites, with_waves
from tests.power.designs import scenario_of

DRAWN = 200
FAR = 4.5  # standard errors of a mean over the data sets drawn: one in 100,000 is farther
PRICES = Prices(fixed=10_000, per_site=500, per_site_year=2_000, per_wave=3_000, per_answer=30)


@pytest.mark.parametrize(
    "more",
    [
        {"refreshment": 0.0},
        {"refreshment": 0.5, "attrition_by_arm": {"comparison": 0.5}},
        {"attrition_by_wave": (0.4, 0.0, 0.2, 0.1), "wave_skip": 0.3},
        {"not_asked": {"S1": ("w2", "w3")}},
    ],
)
def test_expected_answers_are_those_drawn(more: dict[str, object]) -> None:
    scenario = replace(scenario_of(2, 2, 30), **more)  # type: ignore[arg-type]
    draws = draw(scenario, DRAWN, 11)
    known = np.isfinite(draws.scores[0])
    counts = np.stack([known[:, draws.site_of == site].sum(axis=1) for site in range(4)], axis=1)
    error = counts.std(axis=0) / np.sqrt(DRAWN) + 1e-9
    missing_items = 1e-3 * 30  # a score may lack all its items, once in very many answers
    assert (np.abs(counts.mean(axis=0) - expected_answers(scenario)) < FAR * error + missing_items).all()


@given(st.integers(4, 30), st.integers(5, 90), st.integers(2, 9))
def test_more_of_anything_costs_more(sites: int, residents: int, waves: int) -> None:
    design = with_waves(with_residents(with_sites(scenario_of(3, 3), sites), residents), waves)
    larger = (
        with_sites(design, sites + 1),
        with_residents(design, residents + 1),
        with_waves(design, waves + 1),
    )
    assert all(cost(one, PRICES) > cost(design, PRICES) for one in larger)


def test_uneven_years_are_paid_in_full() -> None:
    scenario = Scenario((), {"S1": None, "S2": None}, times=(0.0, 0.5, 7.0))
    assert cost(scenario, Prices(per_site_year=100)) == 2 * 7 * 100


@pytest.mark.parametrize("wrong", [{"per_site": -1}, {"per_answer": float("inf")}, {"per_person": 3}])
def test_wrong_prices_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Prices(**wrong)  # type: ignore[arg-type]
