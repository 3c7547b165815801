"""The latest evaluation of each outcome is what a fresh one gives, and what was given out stays."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.mixed import latest as latest_module
from evalkit.mixed.criterion import criterion
from evalkit.mixed.design import make_design
from evalkit.mixed.fitting import prepare
from evalkit.mixed.latest import Latest
from tests.mixed.designs import panel


def test_points_seen_are_not_worked_again_and_equal_fresh_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    data = panel(12)
    outcomes = np.random.default_rng(3).normal(size=(len(data.y), 4))
    ready = prepare(make_design(outcomes, data.X, data.terms, None))
    worked: list[int] = []

    def counted(summary, shape, theta, reml):  # type: ignore[no-untyped-def]
        worked.append(len(theta))
        return criterion(summary, shape, theta, reml)

    monkeypatch.setattr(latest_module, "criterion", counted)
    evaluate, every = Latest(ready.summary, ready.shape, True), np.arange(4)
    start = np.full((4, ready.shape.number), 0.4)
    first = evaluate(start, every)
    before = first.hessian.copy()
    moved = start.copy()
    moved[[1, 3]] = 0.6
    evaluate(moved[[1, 3]], np.array([1, 3]))
    found = evaluate(moved, every)
    assert worked == [4, 2]
    np.testing.assert_array_equal(first.hessian, before)
    fresh = criterion(ready.summary, ready.shape, moved, True)
    np.testing.assert_allclose(found.hessian, fresh.hessian, rtol=1e-12)
    np.testing.assert_allclose(found.moments.normal, fresh.moments.normal, rtol=1e-12)
    np.testing.assert_allclose(evaluate(moved[2:], every[2:]).value, fresh.value[2:], rtol=1e-12)
    assert worked == [4, 2]
