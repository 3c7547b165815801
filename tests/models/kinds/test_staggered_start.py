"""Staggered starts: cohorts against sites not yet started, each with its own baseline."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.kinds.staggered_start import KIND
from evalkit.models.plan import Analysis
from evalkit.study.study import Study

STAGGERED = Analysis(id="starts", question="staggered_start", outcome="cohesion")
# First day of the intervention; waves are in the Marches of 2021 to 2024.
STARTS = {
    "S1": "2021-06-01",
    "S2": "2021-06-01",
    "S3": "2022-06-01",
    "S4": "2022-06-01",
    "S5": None,
    "S6": None,
}


@pytest.fixture
def staggered(study_of: Callable[..., Study]) -> Study:
    study = study_of(dict.fromkeys(STARTS, "site"), 4)
    sites = tuple(
        site.model_copy(update={"started": None if day is None else pd.Timestamp(day).date()})
        for site, day in zip(study.sites, STARTS.values(), strict=True)
    )
    return Study(study.folder, study.file.model_copy(update={"sites": sites}), study.instruments)


def panel_with(effects: dict[str, float], noise: float = 0.0) -> pd.DataFrame:
    """Return ten residents a site over four waves; `effects` add from the first wave after the start on."""
    rng = np.random.default_rng(3)
    rows = []
    for number, site in enumerate(STARTS):
        start = {"S1": 1, "S2": 1, "S3": 2, "S4": 2}.get(site, 9)
        for person in range(10):
            for wave in range(4):
                value = 50 + 3 * number + 2 * wave + rng.normal(0, 1) + noise * rng.normal()
                value += effects.get(site, 0.0) * (wave >= start)
                rows.append((f"{site}p{person}", site, "site", f"w{wave + 1}", float(wave), value))
    names = ["respondent", "site", "arm", "wave", "time", "cohesion"]
    return pd.DataFrame(rows, columns=names).assign(instrument="short")


def test_cohorts_are_set_against_sites_not_yet_started(staggered: Study) -> None:
    spec = KIND.build(panel_with({}), "cohesion", staggered)
    by_name = {contrast.name: contrast for contrast in spec.contrasts if not contrast.stack}
    first = by_name["w1:w2"]
    assert [s for s, arm in first.members.items() if arm == "started"] == ["S1", "S2"]
    assert [s for s, arm in first.members.items() if arm != "started"] == ["S3", "S4", "S5", "S6"]
    later = by_name["w1:w3"]
    assert [s for s, arm in later.members.items() if arm != "started"] == ["S5", "S6"], "S3, S4 have started"
    assert by_name["w2:w1"].label.key == "models.estimand.staggered_before"


def test_effects_are_found_where_a_pooled_regression_would_err(staggered: Study) -> None:
    """Cohorts differ in their effect: a pooled two-way regression would mix them with wrong signs."""
    panel = panel_with({"S1": 8.0, "S2": 8.0, "S3": 2.0, "S4": 2.0})
    found = {
        change.name: change.found.estimate for change in fit_analysis(STAGGERED, panel, staggered).changes
    }
    assert found["w1:w2"] == pytest.approx(8.0, abs=1.0)
    assert found["w1:w4"] == pytest.approx(8.0, abs=1.0)
    assert found["w2:w3"] == pytest.approx(2.0, abs=1.0)
    assert found["w2:w1"] == pytest.approx(0.0, abs=1.0), "no trend before the start"
    assert 2.0 < found["step1"] < 8.0


def test_all_cohorts_together_have_an_interval_by_site(staggered: Study) -> None:
    found = fit_analysis(STAGGERED, panel_with({}, noise=5.0), staggered)
    together = next(change.found for change in found.changes if change.name == "step1")
    assert together.method == "stacked" and together.conf_low is not None and together.df is not None
    assert 1.0 < together.df < 6.0


def test_a_site_that_had_started_is_left_out_and_said(staggered: Study) -> None:
    early = tuple(
        site.model_copy(update={"started": pd.Timestamp("2019-01-01").date()}) if site.id == "S6" else site
        for site in staggered.sites
    )
    study = Study(staggered.folder, staggered.file.model_copy(update={"sites": early}), staggered.instruments)
    spec = KIND.build(panel_with({}), "cohesion", study)
    assert [problem.code for problem in spec.problems] == ["models.no_baseline"]
    assert "S6" not in spec.levels["site"]


def test_the_default_plan_asks_it_where_starts_are_apart(staggered: Study, study: Study) -> None:
    assert KIND.suits(staggered) and not KIND.suits(study)
    everyone = panel_with({})
    alone = everyone[everyone["site"].isin(["S1", "S2"])]
    lacking = KIND.lacking(alone, "cohesion", staggered)
    assert lacking is not None and lacking.code == "models.none_started_apart"
