"""Singular models give up correlations and slopes in order, never the shocks of sites."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.mixed.design import RandomTerm
from evalkit.mixed.wald import Inference, wald_t
from evalkit.models.engines.mixed import ENGINE
from evalkit.models.inference.capped import capped_wald_t
from evalkit.models.kinds.growth import KIND
from evalkit.models.reducing import next_reduction
from evalkit.study.study import Study

BOTH = ("(Intercept)", "time")
COLUMNS = np.column_stack([np.ones(6), np.arange(6.0)])
SINGULAR, ZERO_SLOPE, FULL = (
    np.array([[1.0, 0.5], [0.5, 0.25]]),
    np.array([[1.0, 0.0], [0.0, 0.0]]),
    np.array([[1.0, 0.1], [0.1, 0.25]]),
)


def term(name: str, correlated: bool = True, width: int = 2) -> RandomTerm:
    return RandomTerm(np.arange(6) % 3, COLUMNS[:, :width], correlated, name, BOTH[:width])


@pytest.mark.parametrize(
    ("terms", "fitted", "expected"),
    [
        ([term("respondent"), term("site")], [SINGULAR, SINGULAR], ("site", "correlation")),
        ([term("respondent"), term("site", False)], [SINGULAR, ZERO_SLOPE], ("site", "slope")),
        ([term("respondent"), term("site")], [SINGULAR, FULL], ("respondent", "correlation")),
        ([term("respondent", False)], [ZERO_SLOPE], ("respondent", "slope")),
    ],
)
def test_order(terms: list[RandomTerm], fitted: list[np.ndarray], expected: tuple[str, str]) -> None:
    covariances = {term.name: found for term, found in zip(terms, fitted, strict=True)}
    step = next_reduction(terms, covariances, 1.0)
    assert step is not None and (step.group, step.part) == expected


def test_the_shock_of_a_site_in_a_wave_never_goes() -> None:
    terms = [term("respondent", width=1), term("site", width=1), term("site:wave", width=1)]
    nothing = {t.name: np.zeros((1, 1)) for t in terms}
    assert next_reduction(terms, nothing, 1.0) is None
    with_slope = [term("site:wave")]
    assert next_reduction(with_slope, {"site:wave": ZERO_SLOPE}, 1.0) is None


@pytest.fixture
def flat() -> pd.DataFrame:
    """Return sites without trends of their own, so that slopes of sites come out as zero."""
    rng = np.random.default_rng(12)
    rows = []
    for site in range(6):
        arm = "intervention" if site < 3 else "comparison"
        for person in range(25):
            own, pace = rng.normal(0, 6), rng.normal(0, 2)
            for wave in range(4):
                value = 50 + own + pace * wave + rng.normal(0, 5)
                rows.append((f"{site}-{person}", f"S{site + 1}", arm, f"w{wave + 1}", float(wave), value))
    return pd.DataFrame(rows, columns=["respondent", "site", "arm", "wave", "time", "cohesion"])


def test_a_reduction_is_said_and_never_raises_degrees_of_freedom(flat: pd.DataFrame, study: Study) -> None:
    fit = ENGINE.fit(KIND.build(flat, "cohesion", study))
    assert fit.unreduced is not None
    said = [problem.code for problem in fit.problems if problem.code.startswith("models.reduced")]
    assert said[0] == "models.reduced_correlation"
    assert "site:wave" in set(fit.variance_components["group"])
    full = wald_t(Inference(fit.unreduced), np.eye(len(fit.table)))
    alone = wald_t(Inference(fit.raw), np.eye(len(fit.table)))
    assert (fit.table["df"].to_numpy() <= full.df + 1e-9).all()
    assert (alone.df > full.df + 1).any(), "without the cap, df would have risen"


def test_without_reduction_nothing_is_capped(flat: pd.DataFrame, study: Study) -> None:
    fit = ENGINE.fit(KIND.build(flat, "cohesion", study))
    plain = wald_t(Inference(fit.raw), np.eye(len(fit.table)))
    assert capped_wald_t(fit.raw, None, np.eye(len(fit.table))).df.tolist() == plain.df.tolist()
