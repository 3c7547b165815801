"""Studies in memory with changes of known size: few answers, many, one arm, two, one site, a first wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.study.study import Study, StudyFile

OUTCOMES = {
    "cohesion": {"fr": "Cohésion sociale", "en": "Social cohesion"},
    "security": {"fr": "Sentiment de sécurité", "en": "Sense of security"},
    "access": {"fr": "Accès aux ressources", "en": "Access to resources"},
    "control": {"fr": "Contrôle collectif", "en": "Collective control"},
}
ARMS = {
    "intervention": {"fr": "Intervention", "en": "Intervention"},
    "comparison": {"fr": "Comparaison", "en": "Comparison"},
}
WAVES = ("w1", "w2", "w3")


def _named(name: str) -> dict[str, str]:
    return {"fr": name, "en": name}


def _instrument() -> Instrument:
    items = [{"id": f"{name[:3]}1", "type": "single", "text": _named(name)} for name in OUTCOMES]
    scales = [
        {"id": name, "items": [f"{name[:3]}1"], "label": words, "reliability": "none"}
        for name, words in OUTCOMES.items()
    ]
    parts: dict[str, Any] = {"items": items, "scales": scales, "title": _named("Short")}
    return Instrument.model_validate(
        {"instrument": "short", "version": "1.0", "population": "resident", **parts}
    )


def make_study(folder: Path, arms: Mapping[str, str | None], waves: int = 3, **more: Any) -> Study:
    """Return a study of the named sites, each with its arm, that stands in `folder`."""
    sites = [
        {"id": s, "name": {"fr": f"Site {s}", "en": f"Site {s}"}, "arm": arm, "households": 150}
        for s, arm in arms.items()
    ]
    rounds = [
        {
            "id": f"w{n}",
            "year": 2020 + n,
            "field": [f"{2020 + n}-09-15", f"{2020 + n}-11-30"],
            "instruments": ["short"],
        }
        for n in range(1, waves + 1)
    ]
    outcomes = [{"id": name, "scale": f"short.{name}", "name": words} for name, words in OUTCOMES.items()]
    content = {
        "study": "tried",
        "title": {"fr": "Intervention de proximité en HLM", "en": "Proximity intervention in public housing"},
        "arms": ARMS if any(arms.values()) else {},
        "sites": sites,
        "waves": rounds,
        "populations": {"resident": {}},
        "outcomes": outcomes,
        **more,
    }
    return Study(folder, StudyFile.model_validate(content), {"short": _instrument()})


def make_panel(
    study: Study,
    changes: Mapping[str, float],
    *,
    people: int | Mapping[str, int] = 60,
    noise: float = 1.0,
    seed: int = 1,
) -> pd.DataFrame:
    """Return answers in which each outcome changes by `changes` points a wave where nothing is compared.

    A fifth of the people leave after each wave and as many come. With arms, comparison sites stay as they
    were. `noise` is the deviation, in points, of a site from its course.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for site in study.sites:
        here = people if isinstance(people, int) else people[site.id]
        for number, wave in enumerate(study.waves):
            shift = {name: rng.normal(0, noise) for name in OUTCOMES}
            moves = site.arm != "comparison"
            for person in range(number * here // 5, here + number * here // 5):
                scores = {
                    name: np.clip(
                        50 + moves * number * changes.get(name, 0.0) + shift[name] + rng.normal(0, 8), 0, 100
                    )
                    for name in OUTCOMES
                }
                key = {"respondent": f"{site.id}-{person}", "site": site.id, "wave": wave.id, "arm": site.arm}
                rows.append({**key, "time": float(number), "instrument": "short", **scores})
    frame = pd.DataFrame(rows)
    return frame.assign(wave=pd.Categorical(frame["wave"], [w.id for w in study.waves], ordered=True))


SIX_ALONE: dict[str, str | None] = {f"S{n}": None for n in range(1, 7)}


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., Study]:
    """Give what makes a study of sites with arms."""
    return lambda arms=SIX_ALONE, waves=3, **more: make_study(tmp_path, arms, waves, **more)


@pytest.fixture
def panel_of() -> Callable[..., pd.DataFrame]:
    """Give what makes the answers of a study."""
    return make_panel
