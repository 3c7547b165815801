"""The people of a simulated study: who comes, who leaves, who answers, and how each one moves."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from evalkit.power.scenario import Scenario

Array = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

YOUNG = 35
NEW_TENANT = 5.0


@dataclass(frozen=True)
class People:
    """Hold everyone who ever lived there.

    Parameters
    ----------
    site : (people,) number of the site.
    entered, left : (people,) number of the first wave there, and of the first wave no longer there.
    age, tenure : (people,) years, at entry.
    position : (people, measures) standard normal personal part of the latent position, in this wave.
    last_score : (people,) mean standardised score last answered.
    """

    site: Positions
    entered: Positions
    left: Positions
    age: Array
    tenure: Array
    position: Array
    last_score: Array


def latent_correlation(scenario: Scenario) -> Array:
    """Return the correlation of positions over measures: that of scores, freed from unreliability."""
    alpha = np.array([measure.alpha for measure in scenario.measures])
    correlation = scenario.between_measures / np.sqrt(np.outer(alpha, alpha))
    np.fill_diagonal(correlation, 1.0)
    return correlation


def site_shares(scenario: Scenario) -> Array:
    """Return, for each measure, the share of the positions' variance that lies between sites."""
    return np.array([measure.icc / measure.alpha for measure in scenario.measures])


def newcomers(scenario: Scenario, site: Positions, wave: int, rng: np.random.Generator) -> People:
    """Draw the people who enter in a wave, one for each element of `site`."""
    n = len(site)
    root = np.linalg.cholesky(latent_correlation(scenario))
    age = rng.normal(50, 17, n).round().clip(18, 92)
    tenure = np.minimum(rng.exponential(8.0, n), age - 18).round(1)
    position = rng.standard_normal((n, len(root))) @ root.T
    entered, left = np.full(n, wave), np.full(n, len(scenario.times))
    return People(site, entered, left, age, tenure, position, np.zeros(n))


def renewed(scenario: Scenario, people: People, wave: int, rng: np.random.Generator) -> People:
    """Let a year pass: some leave, those who stay move on, newcomers come in."""
    years = scenario.times[wave] - scenario.times[wave - 1]
    staying = people.left > wave
    leaving = staying & (
        rng.random(len(people.site)) < _leaving_chance(scenario, people, staying, wave, years)
    )
    moved = replace(
        people,
        left=np.where(leaving, wave, people.left),
        position=_moved_on(scenario, people.position, years, rng),
    )
    gone = np.bincount(people.site[leaving], minlength=len(scenario.sites))
    coming = np.round(scenario.refreshment * gone).astype(int)
    new = newcomers(scenario, np.repeat(np.arange(len(scenario.sites)), coming), wave, rng)
    return _together(moved, new)


def _moved_on(scenario: Scenario, position: Array, years: float, rng: np.random.Generator) -> Array:
    alpha = np.array([measure.alpha for measure in scenario.measures])
    keep = (scenario.stability / alpha) ** years
    root = np.linalg.cholesky(latent_correlation(scenario) * (1 - np.outer(keep, keep)))
    moved: Array = keep * position + rng.standard_normal(position.shape) @ root.T
    return moved


def _leaving_chance(
    scenario: Scenario, people: People, staying: npt.NDArray[np.bool_], wave: int, years: float
) -> Array:
    """Return each person's chance of leaving; over those still there it averages to the yearly share."""
    from scipy.optimize import brentq
    from scipy.special import expit

    share = 1 - (1 - scenario.attrition) ** years
    since = np.array(scenario.times)[wave] - np.array(scenario.times)[people.entered]
    pull = scenario.attrition_by_score * people.last_score
    pull = pull + scenario.attrition_young * (people.age + since < YOUNG)
    pull = pull + scenario.attrition_new * (people.tenure + since < NEW_TENANT)
    if share <= 0 or not staying.any():
        return np.zeros(len(pull))
    base = brentq(lambda at: expit(at + pull[staying]).mean() - share, -30.0, 30.0)
    chance: Array = expit(base + pull)
    return chance


def _together(people: People, new: People) -> People:
    parts = {
        part.name: np.concatenate([getattr(people, part.name), getattr(new, part.name)])
        for part in fields(People)
    }
    return People(**parts)


def with_scores(people: People, answering: Positions, scores: Array) -> People:
    """Remember the mean standardised score of those who answered: leaving may depend on it."""
    last = people.last_score.copy()
    centred = scores - np.nanmean(scores, axis=0)
    with np.errstate(invalid="ignore"):
        spread = np.maximum(np.nanstd(scores, axis=0), np.finfo(float).tiny)
    standard = centred / spread
    known = np.isfinite(standard).any(axis=1)
    last[answering[known]] = np.nanmean(standard[known], axis=1)
    return replace(people, last_score=last)


def answering_now(scenario: Scenario, people: People, wave: int, rng: np.random.Generator) -> Positions:
    """Return who answers: those who are there and do not pass over the wave; newcomers always answer."""
    there = people.left > wave
    skipping = (rng.random(len(there)) < scenario.wave_skip) & (people.entered < wave)
    return np.flatnonzero(there & ~skipping)
