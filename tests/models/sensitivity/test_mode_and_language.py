"""mode_and_language: what a way of asking adds is taken away, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.models.sensitivity.mode_and_language import SENSITIVITY, adjusted_within
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]


@pytest.fixture
def asked(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with modes and languages; the telephone becomes usual in treated sites alone."""
    rng = np.random.default_rng(4)
    often = np.where((panel["wave"] == "w3") & (panel["arm"] == "intervention"), 0.8, 0.2)
    mode = np.where(rng.random(len(panel)) < often, "phone", "paper")
    language = np.where(rng.random(len(panel)) < 0.5, "fr", "en")
    return panel.assign(mode=mode, language=language)


def test_what_a_mode_adds_leaves_no_trace(
    asked: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    by_phone = asked.assign(cohesion=asked["cohesion"] + 9.0 * (asked["mode"] == "phone"))
    plain, moved = main_of(asked, study), main_of(by_phone, study)
    shift = moved.found.changes[-1].found.estimate - plain.found.changes[-1].found.estimate
    assert shift > 3.0, "the mode alone makes an effect"
    without, again = (SENSITIVITY.run(main) for main in (plain, moved))
    assert not isinstance(without, Phrase) and not isinstance(again, Phrase)
    for wave in ("w2", "w3"):
        found, expected = of_wave(again[0], wave), of_wave(without[0], wave)
        assert (found.estimate, found.conf_low) == pytest.approx((expected.estimate, expected.conf_low))


def test_what_sites_and_waves_differ_by_stays() -> None:
    """By hand: in each cell the telephone adds 2; the second cell lies 10 above the first."""
    cells = np.array([0, 0, 0, 1, 1, 1])
    phone = np.array([[0.0], [0.0], [1.0], [0.0], [1.0], [1.0]])
    found = adjusted_within(np.array([1.0, 1, 3, 11, 13, 13]), phone, cells)
    assert found is not None and found.tolist() == pytest.approx([2, 2, 2, 12, 12, 12])


@pytest.mark.parametrize(
    ("modes", "why"),
    [
        (lambda rows: "paper", "never_differs"),
        (lambda rows: np.where(rows["site"] == "S1", "phone", "paper"), "told_by_site"),
    ],
)
def test_why_it_does_not_apply(
    panel: pd.DataFrame, study: Study, main_of: Main, modes: Any, why: str
) -> None:
    tried = SENSITIVITY.run(main_of(panel.assign(mode=modes(panel), language="fr"), study))
    assert isinstance(tried, Phrase) and tried.key == f"sensitivity.mode_and_language.{why}"
