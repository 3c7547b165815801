"""A study of six sites in memory, what makes others, and a simulated panel of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.power.scenario import Scenario, resident_scenario
from evalkit.power.simulating import simulate
from evalkit.study.study import Study, StudyFile

ITEMS = {scale: tuple(f"{scale[:3]}{n}" for n in range(1, 5)) for scale in ("cohesion", "security")}


def both(word: str) -> dict[str, str]:
    return {"fr": word, "en": word}


def instrument() -> Instrument:
    labels = [{"value": value, "label": both(str(value))} for value in range(1, 6)]
    items = [
        {"id": item, "type": "single", "options": "agree5", "text": both(item)}
        for members in ITEMS.values()
        for item in members
    ]
    scales = [{"id": scale, "items": members, "label": both(scale)} for scale, members in ITEMS.items()]
    parts: dict[str, Any] = {"options": {"agree5": labels}, "items": items, "scales": scales}
    return Instrument.model_validate(
        {"instrument": "short", "version": "1.0", "population": "resident", "title": both("short"), **parts}
    )


def study_with(folder: Path, arms: dict[str, str | None], waves: int = 3) -> Study:
    sites = [{"id": site, "name": both(site), "arm": arm} for site, arm in arms.items()]
    rounds = [
        {"id": f"w{n}", "year": 2020 + n, "field": [f"{2020 + n}-03-01", f"{2020 + n}-03-31"]}
        for n in range(1, waves + 1)
    ]
    outcomes = [{"id": s, "scale": f"short.{s}", "family": "primary", "name": both(s)} for s in ITEMS]
    file = StudyFile.model_validate(
        {
            "study": "tried",
            "title": both("Tried"),
            "arms": {arm: both(arm.title()) for arm in dict.fromkeys(arms.values()) if arm},
            "sites": sites,
            "waves": [{**one, "instruments": ["short"]} for one in rounds],
            "populations": {"resident": {}, "partner": {}},
            "outcomes": outcomes,
        }
    )
    return Study(folder, file, {"short": instrument()})


def panel_of(scenario: Scenario, seed: int = 5) -> pd.DataFrame:
    panel = simulate(scenario, np.random.default_rng(seed)).panel()
    times = dict(zip(scenario.waves, scenario.times, strict=True))
    return panel.assign(time=panel["wave"].map(times), instrument="short")


SIX: dict[str, str | None] = {f"S{n}": "intervention" if n <= 3 else "comparison" for n in range(1, 7)}


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., Study]:
    """Give what makes a study of the named sites and arms."""
    return lambda arms, waves=3: study_with(tmp_path, arms, waves)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_with(tmp_path, SIX)


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    return panel_of(replace(resident_scenario(ITEMS, SIX), per_site=20))
