"""The designs of the race: residents in sites over waves, arms given to sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import RandomTerm

# Standard deviations of resident intercept and slope, site, site by wave; their residual has one.
INTERCEPT, SLOPE, SITE, SITE_WAVE = 0.8, 0.25, 0.3, 0.1
EFFECT = 0.05
# Share of those still there who leave before each next wave after an average answer.
LEAVING = 0.12
BASE = "y ~ time * arm + (1 + time | resident) + (1 | site)"


@dataclass(frozen=True)
class Panel:
    """Say which design is simulated.

    Parameters
    ----------
    residents, sites, waves : how many; sites take arms in turn, residents sites.
    dropout : whether residents leave for good, those with low answers sooner (missing at random).
    site_wave : whether sites by wave vary, and are fitted.
    """

    residents: int = 600
    sites: int = 6
    waves: int = 5
    dropout: bool = False
    site_wave: bool = False

    @property
    def formula(self) -> str:
        """Return the model in lme4's words."""
        return BASE + (" + (1 | site:wave)" if self.site_wave else "")


def make_frame(panel: Panel, seed: int = 4) -> pd.DataFrame:
    """Return one data set: columns `resident, site, wave, time, arm, y`: those who stay stay in all."""
    rng = np.random.default_rng(seed)
    resident = np.repeat(np.arange(panel.residents), panel.waves)
    wave = np.tile(np.arange(panel.waves), panel.residents)
    site = resident % panel.sites
    frame = pd.DataFrame({"resident": resident, "site": site, "wave": wave})
    frame["time"], frame["arm"] = wave.astype(float), (site % 2).astype(float)
    frame["y"] = draw(panel, frame, 1, rng)[:, 0]
    if not panel.dropout:
        return frame
    stays = _stays(frame["y"].to_numpy().reshape(panel.residents, -1), rng)
    return frame[stays.ravel()].reset_index(drop=True)


def draw(panel: Panel, frame: pd.DataFrame, number: int, rng: np.random.Generator) -> Array:
    """Draw outcomes for the rows of a frame: (n, number)."""
    resident, site, wave = (frame[name].to_numpy() for name in ("resident", "site", "wave"))
    time = frame["time"].to_numpy()
    y = rng.standard_normal((len(frame), number))
    y += (EFFECT * time * frame["arm"].to_numpy())[:, None]
    y += INTERCEPT * rng.standard_normal((panel.residents, number))[resident]
    y += (SLOPE * rng.standard_normal((panel.residents, number)))[resident] * time[:, None]
    y += SITE * rng.standard_normal((panel.sites, number))[site]
    if panel.site_wave:
        cells = SITE_WAVE * rng.standard_normal((panel.sites * panel.waves, number))
        y += cells[site * panel.waves + wave]
    return y


def _stays(answers: Array, rng: np.random.Generator) -> np.ndarray:
    """Return who is still there, (residents, waves): the last answer moves the odds of leaving."""
    there = np.ones(answers.shape, dtype=bool)
    for wave in range(1, answers.shape[1]):
        odds = LEAVING / (1 - LEAVING) * np.exp(-0.5 * answers[:, wave - 1])
        there[:, wave] = there[:, wave - 1] & (rng.random(len(answers)) > odds / (1 + odds))
    return there


def columns_of(panel: Panel, frame: pd.DataFrame) -> tuple[Array, list[RandomTerm]]:
    """Return fixed columns, the tested one last, and random terms."""
    time, arm = frame["time"].to_numpy(), frame["arm"].to_numpy()
    one = np.ones(len(frame))
    site = frame["site"].to_numpy()
    terms = [
        RandomTerm(
            frame["resident"].to_numpy(),
            np.column_stack([one, time]),
            True,
            "resident",
            ("(Intercept)", "time"),
        ),
        RandomTerm(site, one[:, None], True, "site"),
    ]
    if panel.site_wave:
        both = site * panel.waves + frame["wave"].to_numpy()
        terms.append(RandomTerm(both, one[:, None], True, "site:wave"))
    return np.column_stack([one, time, arm, time * arm]), terms


def as_answers(panel: Panel, frame: pd.DataFrame, outcomes: Array) -> tuple[Array, IntArray]:
    """Return outcomes as (B, residents, waves), NaN where nobody answered, and each resident's site."""
    answers = np.full((outcomes.shape[1], panel.residents, panel.waves), np.nan)
    answers[:, frame["resident"].to_numpy(), frame["wave"].to_numpy()] = outcomes.T
    return answers, np.arange(panel.residents) % panel.sites
