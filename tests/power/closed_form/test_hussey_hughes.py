"""The formula for grids: symmetry and refusals; published figures stand in `test_published.py`."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.power.closed_form.hussey_hughes import hussey_hughes_variance


def test_treated_and_not_treated_may_be_turned() -> None:
    steps = np.triu(np.ones((4, 5)), 1)
    assert hussey_hughes_variance(1 - steps, 0.4, 0.1) == pytest.approx(
        hussey_hughes_variance(steps, 0.4, 0.1)
    )


def test_parallel_sites_have_the_variance_of_two_means() -> None:
    parallel = np.repeat([[0.0], [1.0]], 5, axis=0) * np.ones(3)
    assert hussey_hughes_variance(parallel, 0.4, 0.3) == pytest.approx(2 * (0.4 + 0.3 / 3) / 5)


@pytest.mark.parametrize(
    ("treated", "site", "cell"),
    [
        (np.tile([0.0, 1.0], (4, 1)), 0.1, 0.1),
        (np.zeros((4, 3)), 0.1, 0.1),
        (np.triu(np.ones((4, 5)), 1), 0.1, 0.0),
        (np.triu(np.ones((4, 5)), 1), -0.1, 0.1),
    ],
)
def test_what_cannot_be_told_is_refused(treated: np.ndarray, site: float, cell: float) -> None:
    with pytest.raises(ValueError):
        hussey_hughes_variance(treated, site, cell)
