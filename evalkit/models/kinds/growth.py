"""How much an outcome has changed by each wave since the first."""

from __future__ import annotations

import pandas as pd

from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Kind
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.problems import Problem, note
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase


def _suits(study: Study) -> bool:
    return len(study.waves) >= 2


def _lacking(panel: pd.DataFrame, outcome: str, study: Study) -> Problem | None:
    waves = waves_of(usable_rows(panel, outcome))
    return note("models.one_wave", outcome=outcome) if len(waves) < 2 else None


def _build(panel: pd.DataFrame, outcome: str, study: Study) -> ModelSpec:
    rows = usable_rows(panel, outcome)
    waves = waves_of(rows)
    fixed = pd.DataFrame({INTERCEPT: 1.0}, index=rows.index)
    for wave in waves[1:]:
        fixed[f"wave[{wave}]"] = (rows["wave"].astype(str) == wave).astype(float)
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique()))}
    estimand = phrase("models.estimand.growth", first=waves[0])
    return ModelSpec(outcome, rows, fixed, random_terms(waves), estimand, levels)


KIND = Kind(_suits, _lacking, _build)
