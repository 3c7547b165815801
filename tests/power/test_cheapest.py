"""The cheapest design reaches the goal, and no cheaper one of the grid does."""

from __future__ import annotations

from evalkit.power.cheapest import FEWEST_RESIDENTS, Limits, cheapest_design
from evalkit.power.expected_power import expected_power
from evalkit.power.prices import Prices, cost
from evalkit.power.varying import with_residents, with_sites, with_waves
from tests.power.designs import question_of, scenario_of

PRICES = Prices(fixed=10_000, per_site=500, per_site_year=2_000, per_wave=3_000, per_answer=30)
SCENARIO = scenario_of(3, 3, yearly_change=0.3, plateau=2.0)
QUESTION = question_of(SCENARIO)
SMALL = Limits(sites=10, residents=45, waves=4)
STEP = 8  # residents between designs tried by hand


def test_no_cheaper_design_reaches_the_goal() -> None:
    found = cheapest_design(SCENARIO, QUESTION, PRICES, limits=SMALL)
    assert found.design is not None and found.best is None
    assert found.design.expected.power >= 0.8
    for sites in range(4, 11, 2):
        for waves in (3, 4):
            for residents in range(FEWEST_RESIDENTS, 46, STEP):
                design = with_residents(with_sites(with_waves(SCENARIO, waves), sites), residents)
                expected = expected_power(design, QUESTION)
                assert expected is not None
                if expected.power >= 0.8:
                    assert cost(design, PRICES) >= found.design.cost - PRICES.per_answer * sites * waves


def test_dear_sites_give_way_to_residents_and_dear_answers_to_sites() -> None:
    sites = {}
    for name, prices in {
        "dear sites": Prices(per_site=50_000, per_answer=10),
        "dear answers": Prices(per_site=100, per_answer=200),
    }.items():
        found = cheapest_design(SCENARIO, QUESTION, prices, limits=Limits(sites=16, waves=3)).design
        assert found is not None
        sites[name] = len(found.scenario.sites)
    assert sites["dear sites"] < sites["dear answers"]


def test_out_of_reach_it_tells_the_best_that_the_budget_allows() -> None:
    weak = scenario_of(3, 3, yearly_change=0.02)
    limits = Limits(sites=10, residents=60, waves=4, budget=60_000)
    found = cheapest_design(weak, question_of(weak), PRICES, limits=limits)
    assert found.design is None and found.best is not None
    assert found.best.cost is not None and found.best.cost <= 60_000
    assert found.best.expected.half_width > 0


def test_a_budget_for_nothing_buys_nothing() -> None:
    found = cheapest_design(SCENARIO, QUESTION, PRICES, limits=Limits(sites=10, waves=4, budget=9_000))
    assert found.design is None and found.best is None


def test_without_prices_the_cheapest_has_few_sites() -> None:
    found = cheapest_design(SCENARIO, QUESTION, Prices(), limits=SMALL).design
    assert found is not None and found.cost == 0
