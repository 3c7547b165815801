"""The engine `counts` equals R's Poisson regression with CR3 errors, with t of few clusters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evalkit.models.engine import EngineFailed
from evalkit.models.engines.counts import ENGINE
from evalkit.models.fit import INTERCEPT, TABLE_COLUMNS
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.texts.phrases import phrase

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "quadrature"
ANSWERS = json.loads((FOLDER / "counts.json").read_text(encoding="utf-8"))
# Both stop their iterations at a relative change of 1e-8.
SAME = 1e-6


def ticks(random: tuple[RandomTerm, ...], **changed: object) -> ModelSpec:
    data = pd.read_csv(FOLDER / "ticks.csv.gz").assign(**changed)
    columns = {INTERCEPT: 1.0, "96": data["YEAR"] == 96, "97": data["YEAR"] == 97}
    fixed = pd.DataFrame(columns, index=data.index).astype(float).assign(high=(data["HEIGHT"] - 460) / 100)
    return ModelSpec("TICKS", data, fixed, random, phrase("words.list_and"), {})


def test_equals_r_with_t_of_the_outermost_clusters() -> None:
    fit = ENGINE.fit(ticks((RandomTerm("BROOD"), RandomTerm("LOCATION"))))
    assert tuple(fit.table.columns) == TABLE_COLUMNS
    np.testing.assert_allclose(fit.table["estimate"], ANSWERS["estimate"], rtol=SAME)
    np.testing.assert_allclose(fit.table["std_error"], ANSWERS["location"], rtol=SAME)
    df = ANSWERS["clusters"] - 1
    assert (fit.table["df"] == df).all()
    p = 2 * stats.t.sf(np.abs(fit.table["statistic"]), df)
    np.testing.assert_allclose(fit.table["p_value"], p)
    assert fit.converged and not fit.problems


def test_scores_and_single_clusters_are_refused_in_words() -> None:
    spec = ticks((RandomTerm("LOCATION"),))
    with pytest.raises(EngineFailed, match="no counts"):
        ENGINE.fit(ticks(spec.random, TICKS=spec.response - 0.5))
    with pytest.raises(EngineFailed, match="1 clusters"):
        ENGINE.fit(ticks(spec.random, LOCATION="one"))
