"""The quadrature for inverse square roots."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalkit.mixed.inverse_roots import root_nodes


@given(st.floats(-9, 0), st.floats(0, 12), st.floats(0, 1))
def test_every_number_between_the_bounds_gets_its_inverse_root(low: float, high: float, at: float) -> None:
    lowest, highest = 10.0**low, 10.0**high * 1.01
    s, weights = root_nodes(lowest, highest)
    x = lowest * (highest / lowest) ** at
    np.testing.assert_allclose((weights / (x + s**2)).sum() * np.sqrt(x), 1.0, rtol=1e-13)


def test_nodes_grow_with_the_logarithm_of_the_range() -> None:
    assert len(root_nodes(1.0, 1e2)[0]) < len(root_nodes(1.0, 1e8)[0]) < 50
