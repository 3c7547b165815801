"""What is asked of a design is answered: by formula, by simulation, along a curve, by search."""

from __future__ import annotations

import json

import pytest

from evalkit.errors import ProblemsFound
from evalkit.power.answering import Request, answer
from evalkit.power.facts import facts_of
from evalkit.power.planning import PowerPlan, plan_power


def plan(**changes: float) -> PowerPlan:
    return plan_power(None, changes={"residents": 12, "waves": 2, "lag": 0, **changes})


def test_the_formula_alone_answers_curves_and_numbers() -> None:
    found = answer(plan(effect=15), Request(0, ("sites", (6.0, 12.0)), number_for=0.8, over="sites"))
    assert found.simulated is None
    powers = [part.power for part in found.expected_curve.values() if part is not None]
    assert powers == sorted(powers)
    assert found.number is not None
    assert found.number.value is not None
    assert found.number.power.value >= 0.8


def test_no_number_of_residents_reaches_what_sites_bind() -> None:
    found = answer(plan(effect=4), Request(0, number_for=0.8, over="residents"))
    assert found.number is not None
    assert found.number.value is None


def test_simulation_curve_and_searches() -> None:
    request = Request(100, ("residents", (8.0, 40.0)), smallest_effect=True, number_for=0.5, over="sites")
    seen: set[str] = set()
    found = answer(plan(effect=10), request, lambda part, done, total: seen.add(part))
    assert found.simulated is not None
    low, high = (part.designs[0].worth.power.value for part in found.curve.values())
    assert low <= high
    assert found.smallest_effect is not None
    assert found.smallest_effect.value is not None
    expected = found.expected["cohesion"]
    assert expected is not None
    points = found.smallest_effect.value * found.simulated.designs[0].worth.truth
    assert points == pytest.approx(expected.smallest_effect, rel=0.25)
    assert seen == {"power", "curve", "mdes", "number"}


def test_facts_are_plain_json() -> None:
    found = answer(plan(), Request(50, ("residents", (8.0, 12.0))))
    facts = json.loads(json.dumps(facts_of(found)))
    assert facts["formula"]["cohesion"]["df"] == 4
    assert facts["simulated"]["designs"][0]["simulations"] == 50
    assert list(facts["curve"]["simulated"]) == ["8.0", "12.0"]


@pytest.mark.parametrize(
    ("changes", "code"), [({"sites": 2}, "power.too_few_sites"), ({"icc": 1.0}, "power.icc_one")]
)
def test_designs_that_bear_no_number_end_in_a_sentence(changes: dict[str, float], code: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        answer(plan(**changes), Request(0))
    assert [problem.code for problem in found.value.problems] == [code]


def test_an_effect_of_nothing_cannot_be_made_larger() -> None:
    with pytest.raises(ProblemsFound) as found:
        answer(plan(effect=0), Request(50, smallest_effect=True))
    assert found.value.problems[0].code == "power.no_effect_to_scale"
