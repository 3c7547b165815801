"""People come, stay, leave and move on as the scenario says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalkit.power.people import answering_now, newcomers, renewed
from evalkit.power.scenario import resident_scenario

MANY = replace(
    resident_scenario(dict.fromkeys(("cohesion", "security"), ("a", "b", "c")), {"S1": "intervention"}),
    per_site=20_000,
)
SITE = np.zeros(20_000, dtype=np.intp)


def test_the_yearly_share_leaves_and_is_replaced() -> None:
    rng = np.random.default_rng(2)
    people = newcomers(MANY, SITE, 0, rng)
    after = renewed(MANY, people, 1, rng)
    left = (after.left == 1).sum()
    assert left / 20_000 == pytest.approx(0.18, abs=0.01)
    assert (after.left > 1).sum() == 20_000
    assert (after.entered == 1).sum() == left
    none = renewed(replace(MANY, refreshment=0.0), people, 1, rng)
    assert len(none.site) == 20_000


def test_low_scores_youth_and_short_tenure_leave_more() -> None:
    rng = np.random.default_rng(3)
    people = replace(newcomers(MANY, SITE, 0, rng), last_score=rng.standard_normal(20_000))
    gone = (renewed(MANY, people, 1, rng).left == 1)[:20_000]
    assert people.last_score[gone].mean() < -0.1
    assert gone[people.age < 35].mean() > gone[people.age >= 36].mean() + 0.03
    assert gone[people.tenure < 4].mean() > gone[people.tenure >= 5].mean() + 0.02


def test_positions_stay_standard_and_keep_their_correlations() -> None:
    rng = np.random.default_rng(4)
    before = newcomers(MANY, SITE, 0, rng)
    after = renewed(replace(MANY, attrition=0.0), before, 1, rng)
    assert after.position.std(axis=0) == pytest.approx([1, 1], abs=0.02)
    within = np.corrcoef(after.position.T)[0, 1]
    assert within == pytest.approx(0.45 / 0.80, abs=0.02)
    over = [np.corrcoef(before.position[:, k], after.position[:, k])[0, 1] for k in range(2)]
    assert over == pytest.approx([0.60 / 0.80] * 2, abs=0.02)


def test_everyone_answers_on_entry_and_some_skip_later() -> None:
    rng = np.random.default_rng(5)
    people = newcomers(MANY, SITE, 0, rng)
    assert len(answering_now(MANY, people, 0, rng)) == 20_000
    assert len(answering_now(MANY, people, 1, rng)) / 20_000 == pytest.approx(0.90, abs=0.01)
