"""Holm's adjustment: R's figures, its laws, and families apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.models.multiplicity import adjusted_by_family, holm

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "multiplicity" / "holm.json"
CASES = json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]
# The same few products of the same numbers, in the last digits that JSON carries.
SAME = 1e-12

p_values = st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=20)


@pytest.mark.parametrize("name", CASES)
def test_equals_r(name: str) -> None:
    given_values, wanted = (np.array(CASES[name][part], dtype=float) for part in ("p_values", "adjusted"))
    np.testing.assert_allclose(holm(given_values), wanted, rtol=0, atol=SAME)


@given(p_values)
def test_never_smaller_never_above_one_and_in_the_same_order(values: list[float]) -> None:
    raw, adjusted = np.array(values), holm(np.array(values))
    known = np.isfinite(raw)
    assert (np.isfinite(adjusted) == known).all()
    assert ((adjusted >= raw) & (adjusted <= 1))[known].all()
    order = np.argsort(raw[known], kind="stable")
    assert (np.diff(adjusted[known][order]) >= 0).all()


@given(p_values)
def test_rejects_no_less_than_bonferroni(values: list[float]) -> None:
    raw = np.array(values)
    bonferroni = np.minimum(raw * np.isfinite(raw).sum(), 1)
    known = np.isfinite(raw)
    assert (holm(raw) <= bonferroni + SAME)[known].all()


def test_a_family_does_not_count_the_tests_of_another() -> None:
    raw = np.array([0.01, 0.02, 0.03, 0.04])
    found = adjusted_by_family(raw, ["primary", "secondary", "secondary", "exploratory"])
    np.testing.assert_allclose(found, [0.01, 0.04, 0.04, np.nan], atol=SAME)
