"""Chunks in any order give the fit of all rows at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.mixed.chunk_scales import Chunk
from evalkit.mixed.chunks import prepare_chunks
from evalkit.mixed.design import DesignFault
from evalkit.mixed.effects import random_effects
from evalkit.mixed.fitting import fit_mixed, fit_prepared
from evalkit.mixed.wald import Inference, wald_t
from tests.mixed.designs import Data, panel, panels


def in_chunks(data: Data, number: int, seed: int, by_wave: bool = False) -> list[Chunk]:
    rng = np.random.default_rng(seed)
    order = np.argsort(data.X[:, 1], kind="stable") if by_wave else rng.permutation(len(data.y))
    parts = [part for part in np.array_split(order, number) if len(part)]
    return [
        Chunk(
            data.y[part],
            data.X[part],
            tuple(replace(t, codes=t.codes[part], columns=t.columns[part]) for t in data.terms),
            data.weights[part],
        )
        for part in parts
    ]


@settings(max_examples=20, deadline=None)
@given(panels(), st.integers(1, 6), st.integers(0, 100), st.booleans())
def test_chunks_in_any_order_give_the_fit_of_all_rows(
    data: Data, number: int, seed: int, by_wave: bool
) -> None:
    whole = fit_mixed(data.y, data.X, data.terms, weights=data.weights)
    found = fit_prepared(prepare_chunks(in_chunks(data, number, seed, by_wave)))
    assert found.criterion == pytest.approx(whole.criterion, abs=1e-8)
    np.testing.assert_allclose(found.coefficients, whole.coefficients, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.std_errors, whole.std_errors, rtol=1e-6)
    assert found.sigma == pytest.approx(whole.sigma, rel=1e-6)
    alone, apart = (wald_t(Inference(fit), np.eye(3)) for fit in (whole, found))
    np.testing.assert_allclose(apart.df, alone.df, rtol=1e-4)


def test_effects_do_not_need_rows() -> None:
    data = panel(3, site_wave=True)
    whole = fit_mixed(data.y, data.X, data.terms)
    found = fit_prepared(prepare_chunks(in_chunks(data, 3, 1)))
    expected = {part.name: part for part in random_effects(whole)}
    for part in random_effects(found):
        np.testing.assert_allclose(part.values, expected[part.name].values, atol=1e-6)


def test_columns_that_depend_on_others_are_dropped() -> None:
    data = panel(3)
    wide = replace(data, X=np.column_stack([data.X, data.X[:, 1] * 2 - 1]))
    found = fit_prepared(prepare_chunks(in_chunks(wide, 3, 1), ["one", "time", "age", "twice"]))
    assert found.dropped == ("twice",)
    assert found.criterion == pytest.approx(fit_mixed(data.y, data.X, data.terms).criterion, abs=1e-8)


def test_bad_values_and_no_chunk_are_refused() -> None:
    data = panel(3)
    with pytest.raises(DesignFault, match="not_finite"):
        prepare_chunks(
            in_chunks(replace(data, y=np.where(np.arange(len(data.y)) == 5, np.nan, data.y)), 2, 1)
        )
    with pytest.raises(DesignFault, match="too_few_rows"):
        prepare_chunks([])
