"""How much more an outcome has changed in one arm than in the other, by each wave since the first."""

from __future__ import annotations

import pandas as pd

from evalkit.models.arms import compared_arms
from evalkit.models.fit import INTERCEPT
from evalkit.models.kind import Kind
from evalkit.models.spec import ModelSpec, random_terms, usable_rows, waves_of
from evalkit.problems import Problem, note
from evalkit.study.study import Study
from evalkit.texts.phrases import phrase


def _suits(study: Study) -> bool:
    return len(study.waves) >= 2 and compared_arms(study) is not None


def _lacking(panel: pd.DataFrame, outcome: str, study: Study) -> Problem | None:
    rows = usable_rows(panel, outcome)
    if len(waves_of(rows)) < 2:
        return note("models.one_wave", outcome=outcome)
    arms = compared_arms(study)
    if arms is None or not set(arms) <= set(rows["arm"].dropna().astype(str)):
        return note("models.no_comparison", outcome=outcome)
    return None


def _build(panel: pd.DataFrame, outcome: str, study: Study) -> ModelSpec:
    arms = compared_arms(study)
    assert arms is not None, "asked without two arms"
    rows = usable_rows(panel[panel["arm"].isin(arms)], outcome)
    waves = waves_of(rows)
    ours = (rows["arm"].astype(str) == arms[0]).astype(float)
    fixed = pd.DataFrame({INTERCEPT: 1.0, f"arm[{arms[0]}]": ours}, index=rows.index)
    for wave in waves[1:]:
        now = (rows["wave"].astype(str) == wave).astype(float)
        fixed[f"wave[{wave}]"] = now
        fixed[f"arm[{arms[0]}]:wave[{wave}]"] = ours * now
    levels = {"wave": waves, "site": tuple(sorted(rows["site"].astype(str).unique())), "arm": arms}
    names = {"arm": study.arm_name(arms[0]), "other": study.arm_name(arms[1])}
    estimand = phrase("models.estimand.difference_in_change", first=waves[0], **names)
    return ModelSpec(outcome, rows, fixed, random_terms(waves), estimand, levels)


KIND = Kind(_suits, _lacking, _build)
