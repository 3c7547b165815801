"""A real panel that is shipped, from its file to its summary, held against plain arithmetic."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from evalkit.models.inference.site_changes import change_of_sites
from evalkit.pipeline import run
from evalkit.scores.scored_panel import build_panel
from evalkit.study.reading import read_study
from evalkit.study.study import Study

SOURCE = Path(__file__).resolve().parent / "data" / "chicago-panel"
POINTS = 10.0  # a score from -5 to 5 on 0 to 100
SAME = 1e-9  # sums of a few hundred doubles
SAME_AFTER_ITERATIONS = 1e-6  # the site means come from an iteration that stops at 1e-9 of the criterion


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("chicago") / "study"
    shutil.copytree(SOURCE, folder)
    opened = read_study(folder)
    run(opened)
    return opened


@pytest.fixture(scope="module")
def file() -> pd.DataFrame:
    return pd.read_csv(SOURCE / "answers" / "neighbourhoods.csv")


def test_means_by_wave(study: Study, file: pd.DataFrame) -> None:
    panel = build_panel(study, "neighbourhood")
    for wave, column in {"w1": "ce1995", "w2": "ce2001"}.items():
        scores = panel.loc[panel["wave"] == wave, "efficacy"]
        assert len(scores) == len(file) == 343
        assert scores.mean() == pytest.approx(50 + POINTS * file[column].mean(), abs=SAME)


def test_change_is_a_random_effects_mean_of_areas(study: Study, file: pd.DataFrame) -> None:
    """By hand: a mean of areas weighted by 1 / (tau2 + v), tau2 at the highest restricted likelihood."""
    panel = build_panel(study, "neighbourhood")
    found = change_of_sites(panel, "efficacy", [site.id for site in study.sites], "w1", "w2")
    change = POINTS * (file["ce2001"] - file["ce1995"])
    areas = change.groupby(file["area"])
    pooled = (areas.transform(lambda part: part - part.mean()) ** 2).sum() / (len(file) - areas.ngroups)
    y, v = areas.mean(), pooled / areas.size()

    def criterion(tau2: float) -> float:
        w = 1 / (tau2 + v)
        return float(np.log(w.sum()) - np.log(w).sum() + (w * (y - np.average(y, weights=w)) ** 2).sum())

    tau2 = optimize.minimize_scalar(criterion, bounds=(0, 100), options={"xatol": 1e-10}, method="bounded").x
    w = 1 / (tau2 + v)
    mean = np.average(y, weights=w)
    half = stats.t.ppf(0.975, 8) * np.sqrt((w * (y - mean) ** 2).sum() / 8 / w.sum())
    assert found.df == 8
    assert found.tau2 == pytest.approx(tau2, abs=1e-4)
    assert found.estimate == pytest.approx(mean, abs=SAME_AFTER_ITERATIONS)
    assert (found.conf_low, found.conf_high) == pytest.approx((mean - half, mean + half), abs=1e-5)
    assert found.p_value is None, "one group before and after has no effect to test"


def test_both_summaries_stand(study: Study) -> None:
    pages = sorted((study.out_folder / "reports" / "2001").glob("*.html"))
    assert [page.name for page in pages] == [
        f"{reader}.{lang}.html" for reader in ("partners", "residents", "technical") for lang in ("en", "fr")
    ]
