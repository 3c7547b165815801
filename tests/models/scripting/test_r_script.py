"""The script gives evalkit's figures again when R runs it, for every kind of question."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis, read_plan
from evalkit.models.planning.standing import PlanStanding, plan_standing
from evalkit.models.scripting.writing import write_r_scripts
from evalkit.models.study_fits import StudyFits
from evalkit.study.study import Study

# gls and lmer stop when their criteria hardly move; their parameters are then good to the root of that. In
# points of 0 to 100, and in the figure's own size where that is larger.
SAME = 2e-4
KINDS: dict[str, dict[str, object]] = {
    "change_since_baseline": {},
    "difference_in_change": {},
    "growth": {},
    "baseline_adjusted": {},
    "piecewise": {"knot": 1.0},
    "moderation": {"by": "half"},
    "dose_response": {"dose": "hours"},
}


@lru_cache
def r_has(package: str) -> bool:
    """Return whether Rscript is there with a package."""
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", f"stopifnot(requireNamespace('{package}', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


needs_r = pytest.mark.skipif(
    not (r_has("nlme") and r_has("lme4")), reason="R with nlme and lme4 is not installed"
)


def scripts(analyses: list[Analysis], panel: pd.DataFrame, study: Study) -> tuple[Path, ...]:
    fits = tuple(fit_analysis(analysis, panel, study) for analysis in analyses)
    standing: PlanStanding = plan_standing(study, read_plan(study))
    return write_r_scripts(StudyFits(fits, standing), study, {"resident": panel})


def by_r(script: Path) -> pd.DataFrame:
    done = subprocess.run(["Rscript", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(script.with_name(f"{script.stem}-by-r.csv"))


@needs_r
@pytest.mark.parametrize("question", KINDS)
def test_r_gives_the_same_figures(question: str, panel: pd.DataFrame, study: Study) -> None:
    rng = np.random.default_rng(7)
    hours = {(s, w): rng.uniform(0, 10) for s in study.sites_by_id for w in study.waves_by_id}
    rows = panel.assign(
        half=np.where(panel["respondent"] % 2, "odd", "even"),
        hours=[hours[str(s), str(w)] for s, w in zip(panel["site"], panel["wave"], strict=True)],
    )
    asked = Analysis(id="asked", question=question, outcome="cohesion", options=KINDS[question])
    told = by_r(scripts([asked], rows, study)[0])
    assert {"estimate", "std_error", "df"} <= set(told["figure"])
    assert {"two stages, base R"} <= set(told["method"])
    apart = (told["R"] - told["evalkit"]).abs() / told["evalkit"].abs().clip(lower=1.0)
    assert apart.max() < SAME, told.assign(apart=apart).nlargest(5, "apart").to_string()


@needs_r
def test_yes_and_no_by_quadrature(panel: pd.DataFrame, study: Study) -> None:
    """The first stage is glmer with 15 nodes, averaged over residents; its optimiser stops near 1e-4."""
    yes = panel.assign(cohesion=100.0 * (panel["cohesion"] > 55))
    asked = Analysis(id="yes", question="difference_in_change", outcome="cohesion", engine="ordinal")
    told = by_r(scripts([asked], yes, study)[0])
    apart = (told["R"] - told["evalkit"]).abs() / told["evalkit"].abs().clip(lower=1.0)
    close = told["figure"] != "tau2"
    assert apart[close].max() < 5e-3, told.assign(apart=apart).nlargest(5, "apart").to_string()


@needs_r
def test_stacked_windows(study_of: Callable[..., Study], panel: pd.DataFrame) -> None:
    study = study_of(dict.fromkeys([f"S{n}" for n in range(1, 7)]), 4)
    days = {"S1": "2021-06-01", "S2": "2021-06-01", "S3": "2022-06-01", "S4": "2022-06-01"}
    sites = tuple(
        site.model_copy(update={"started": pd.Timestamp(days[site.id]).date() if site.id in days else None})
        for site in study.sites
    )
    study = replace(study, file=study.file.model_copy(update={"sites": sites}))
    fourth = panel[panel["wave"].astype(str) == "w3"].assign(wave="w4", time=3.0)
    rows = pd.concat([panel.assign(wave=panel["wave"].astype(str)), fourth], ignore_index=True)
    rows["cohesion"] += np.random.default_rng(2).normal(0, 3, len(rows))
    asked = Analysis(id="starts", question="staggered_start", outcome="cohesion")
    told = by_r(scripts([asked], rows.assign(arm=None), study)[0])
    if r_has("clubSandwich"):
        assert "windows stacked, CR2" in set(told["method"])
    apart = (told["R"] - told["evalkit"]).abs() / told["evalkit"].abs().clip(lower=1.0)
    assert apart.max() < SAME, told.assign(apart=apart).nlargest(5, "apart").to_string()


def test_tables_hold_no_code_of_a_respondent(panel: pd.DataFrame, study: Study) -> None:
    named = panel.assign(respondent="R-" + panel["respondent"].astype(str))
    (script,) = scripts(
        [Analysis(id="gap", question="difference_in_change", outcome="cohesion")], named, study
    )
    for file in (script, *script.parent.glob("gap-*.csv")):
        assert "R-1" not in file.read_text(encoding="utf-8")
    cells = pd.read_csv(script.with_name("gap-cells.csv"))
    assert cells["respondent"].nunique() == named["respondent"].nunique()


def test_other_codes_give_the_same_tables(panel: pd.DataFrame, study: Study) -> None:
    asked = Analysis(id="gap", question="difference_in_change", outcome="cohesion")
    codes = sorted(panel["respondent"].unique())
    others = dict(zip(codes, np.random.default_rng(4).permutation(codes), strict=True))
    written = []
    for rows in (panel, panel.assign(respondent=panel["respondent"].map(others)).sort_values("respondent")):
        (script,) = scripts([asked], rows, study)
        written.append([file.read_bytes() for file in sorted(script.parent.glob("gap-*.csv"))])
    assert written[0] == written[1] and len(written[0]) == 2


def test_one_site_in_an_arm_is_said_in_the_script(
    panel: pd.DataFrame, study_of: Callable[..., Study]
) -> None:
    arms = {f"S{n}": "intervention" if n == 1 else "comparison" for n in range(1, 7)}
    rows = panel.assign(arm=panel["site"].astype(str).map(arms))
    asked = Analysis(id="gap", question="difference_in_change", outcome="cohesion")
    (script,) = scripts([asked], rows, study_of(arms))
    assert "no interval here" in script.read_text(encoding="utf-8")
