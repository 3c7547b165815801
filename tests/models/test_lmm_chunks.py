"""A table read in parts gives the fit of the whole table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.lmm import lmm
from evalkit.models.lmm_chunks import lmm_chunks

FORMULA = "cohesion ~ time * arm + (1 + time | respondent) + (1 | site) + (1 | site:wave)"


def panel() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    respondent = np.repeat(np.arange(60), 4)
    data = pd.DataFrame({"respondent": respondent, "site": respondent % 6})
    data["wave"], data["time"] = np.tile(["w1", "w2", "w3", "w4"], 60), np.tile(np.arange(4.0), 60)
    data["arm"] = np.where(data["site"] < 3, "comparison", "intervention")
    data["cohesion"] = 50 + data["time"] + rng.normal(0, 5, 60)[respondent] + rng.normal(0, 4, 240)
    return data


def parts(data: pd.DataFrame, size: int) -> list[pd.DataFrame]:
    return [data.iloc[start : start + size] for start in range(0, len(data), size)]


def test_parts_give_the_fit_of_the_whole() -> None:
    data = panel().sample(frac=1.0, random_state=1)
    data.loc[[3, 90, 200], "cohesion"] = np.nan
    whole, found = lmm(FORMULA, data), lmm_chunks(FORMULA, parts(data, 70))
    assert found.table["term"].tolist() == whole.table["term"].tolist()
    numbers = ["estimate", "std_error", "df", "p_value"]
    np.testing.assert_allclose(found.table[numbers], whole.table[numbers], rtol=1e-5)
    assert found.criterion == pytest.approx(whole.criterion, abs=1e-7)
    assert (found.n_rows, found.n_residents, found.n_sites, found.n_waves) == (237, 60, 6, 4)
    keys = ["group", "level", "term"]
    expected = whole.random_effects.assign(level=whole.random_effects["level"].astype(str)).set_index(keys)
    effects = found.random_effects.assign(level=found.random_effects["level"].astype(str)).set_index(keys)
    np.testing.assert_allclose(effects.loc[expected.index, "value"], expected["value"], atol=1e-5)
    (problem,) = [p for p in found.problems if p.code == "mixed.rows_left_out"]
    assert problem.values == {"rows": 3, "columns": "cohesion (3)"}


def test_a_category_that_comes_late_is_refused() -> None:
    data = panel().sort_values("arm")
    with pytest.raises(ProblemsFound) as found:
        lmm_chunks(FORMULA, parts(data, 100))
    assert {problem.code for problem in found.value.problems} <= {"mixed.new_category", "mixed.one_level"}


def test_no_part_is_refused() -> None:
    with pytest.raises(ProblemsFound) as found:
        lmm_chunks(FORMULA, [])
    assert found.value.problems[0].code in {"mixed.no_rows", "mixed.too_few_rows"}
