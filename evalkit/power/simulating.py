"""Draw a study from a scenario: who lives there and answers, what they answer, and what truly changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.power.item_response import ItemResponse, item_response
from evalkit.power.measure import Measure
from evalkit.power.people import (
    People,
    answering_now,
    latent_correlation,
    newcomers,
    renewed,
    site_shares,
    with_scores,
)
from evalkit.power.scenario import Scenario
from evalkit.responses.answer_table import ANSWERED, REASON_CODE

Array = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]
# What `drawing.draw` draws for scores, and this module for no questionnaire.
DRAWN_AS_SCORES = (
    "starts", "not_asked", "shape", "effect_sd", "cac_decays", "stability_decays", "site_slope",
    "resident_slope", "attrition_by_wave", "attrition_by_arm",
)  # fmt: skip


@dataclass(frozen=True)
class SimulatedWave:
    """Hold the answers of one wave.

    Parameters
    ----------
    wave : id.
    keys : DataFrame with `respondent` (its row in `SimulatedStudy.residents`) and `site`.
    values : DataFrame, same rows, one column an item: codes, NaN where there is no answer.
    reasons : DataFrame, same shape, int8: 0 answered, else the `REASON_CODE` of the reason.
    scores : DataFrame, same rows, one column a measure: 0 to 100, NaN under half of the items.
    """

    wave: str
    keys: pd.DataFrame
    values: pd.DataFrame
    reasons: pd.DataFrame
    scores: pd.DataFrame


@dataclass(frozen=True)
class SimulatedStudy:
    """Hold a simulated study and its truth.

    Parameters
    ----------
    residents : DataFrame, one row a person who ever answered: `respondent`, `site`, `arm`,
        `entered` (wave id), `left` (first wave after leaving, or None), `age`, `gender`,
        `tenure` (years at entry), `language`.
    waves : answers wave by wave.
    planted : DataFrame: `outcome`, `arm`, `wave`, `change`: expected change of the reported score since
        the first wave, in points of 0 to 100, among all residents of all sites such as these.
    """

    residents: pd.DataFrame
    waves: tuple[SimulatedWave, ...]
    planted: pd.DataFrame

    def panel(self) -> pd.DataFrame:
        """Return the long frame of scores: respondent, site, arm, wave, then one column a measure."""
        arm = self.residents.set_index("respondent")["arm"]
        parts = [
            pd.concat(
                [wave.keys.assign(arm=wave.keys["respondent"].map(arm), wave=wave.wave), wave.scores], axis=1
            )
            for wave in self.waves
        ]
        return pd.concat(parts, ignore_index=True)


def simulate(scenario: Scenario, rng: np.random.Generator) -> SimulatedStudy:
    """Draw one study.

    A person's latent position on each measure is the sum of a lasting site part, a part of the site in
    that wave, and a personal part that follows a first-order autoregression in elapsed time. It becomes
    answers through `item_response`, so that scores have the scenario's mean, SD and alpha, with floor
    and ceiling. The intervention shifts latent values just so far that the expected score on 0 to 100
    moves by `Scenario.planted_change`. Leaving depends on the scores last answered, on age and tenure;
    newcomers fill up; some pass over a wave; some items stay without an answer.

    Parameters
    ----------
    scenario : the assumptions.
    rng : source of chance; the same state gives the same study.

    Returns
    -------
    The study with the planted truth.

    Raises
    ------
    ValueError : for a scenario that only `drawing.draw` can draw.

    Examples
    --------
    >>> from evalkit.power.scenario import resident_scenario
    >>> arms = {"S1": "intervention", "S2": "comparison"}
    >>> scenario = resident_scenario({"cohesion": ("a", "b", "c")}, arms)
    >>> study = simulate(scenario, np.random.default_rng(1))
    >>> len(study.waves[0].keys), study.planted["change"].round(2).tolist()
    (80, [0.0, 0.0, 0.75, 0.0, 0.0, 0.0])
    """
    _refuse_what_only_scores_have(scenario)
    responses = [item_response(measure) for measure in scenario.measures]
    site_parts = _site_parts(scenario, rng)
    people = newcomers(scenario, np.repeat(np.arange(len(scenario.sites)), scenario.sizes), 0, rng)
    waves = []
    for wave in range(len(scenario.times)):
        if wave:
            people = renewed(scenario, people, wave, rng)
        answering = answering_now(scenario, people, wave, rng)
        drawn = _draw_wave(
            scenario, responses, wave, people=people, answering=answering, site_part=site_parts[wave], rng=rng
        )
        people = with_scores(people, answering, drawn.scores.to_numpy())
        waves.append(drawn)
    return SimulatedStudy(_residents(scenario, people, rng), tuple(waves), planted_changes(scenario))


def _refuse_what_only_scores_have(scenario: Scenario) -> None:
    plain = Scenario(scenario.measures, scenario.arms, times=scenario.times, per_site=scenario.per_site)
    if any(getattr(scenario, name) != getattr(plain, name) for name in DRAWN_AS_SCORES):
        raise ValueError(f"whole questionnaires are drawn without {', '.join(DRAWN_AS_SCORES)}")


def planted_changes(scenario: Scenario) -> pd.DataFrame:
    """Return the planted truth: `outcome`, `arm`, `wave`, `change` in points of 0 to 100."""
    rows = [
        (measure.id, arm, wave_id, scenario.planted_change(measure, arm, wave))
        for measure in scenario.measures
        for arm in dict.fromkeys(scenario.arms.values())
        for wave, wave_id in enumerate(scenario.waves)
    ]
    return pd.DataFrame(rows, columns=["outcome", "arm", "wave", "change"])


def _site_parts(scenario: Scenario, rng: np.random.Generator) -> Array:
    """Return (waves, sites, measures): what sites add to positions, lasting part and part of the wave."""
    root = np.linalg.cholesky(latent_correlation(scenario))
    shares, n_sites = np.sqrt(site_shares(scenario)), len(scenario.sites)
    lasting = rng.standard_normal((1, n_sites, len(shares))) @ root.T
    passing = rng.standard_normal((len(scenario.times), n_sites, len(shares))) @ root.T
    parts: Array = (np.sqrt(scenario.cac) * lasting + np.sqrt(1 - scenario.cac) * passing) * shares
    return parts


def _draw_wave(
    scenario: Scenario,
    responses: list[ItemResponse],
    wave: int,
    *,
    people: People,
    answering: Positions,
    site_part: Array,
    rng: np.random.Generator,
) -> SimulatedWave:
    site = people.site[answering]
    position = site_part[site] + np.sqrt(1 - site_shares(scenario)) * people.position[answering]
    answers, scores = [], {}
    for number, (measure, response) in enumerate(zip(scenario.measures, responses, strict=True)):
        shift = _shifts(scenario, measure, response, wave)[site]
        drawn = response.draw(position[:, number], shift, len(measure.items), rng) + measure.low
        drawn[rng.random(drawn.shape) < scenario.item_missing] = np.nan
        answers.append(pd.DataFrame(drawn, columns=list(measure.items)))
        scores[measure.id] = _scores(drawn, measure)
    values = pd.concat(answers, axis=1)
    keys = pd.DataFrame({"respondent": answering, "site": np.array(scenario.sites, dtype=object)[site]})
    reasons = _reasons(scenario, values, rng)
    return SimulatedWave(scenario.waves[wave], keys, values, reasons, pd.DataFrame(scores))


def _shifts(scenario: Scenario, measure: Measure, response: ItemResponse, wave: int) -> Array:
    """Return, for each site, the latent shift under which the expected score has the planted change."""
    by_arm = {
        arm: response.shift_for(measure.mean + scenario.planted_change(measure, arm, wave))
        for arm in set(scenario.arms.values())
    }
    return np.array([by_arm[arm] for arm in scenario.arms.values()])


def _scores(answers: Array, measure: Measure) -> Array:
    """Return scores of 0 to 100 by the half rule."""
    answered = np.isfinite(answers)
    total = np.where(answered, answers - measure.low, 0.0).sum(axis=1)
    count = answered.sum(axis=1)
    enough = count >= answers.shape[1] / 2
    return np.where(enough, 100 * total / np.maximum(count, 1) / (measure.high - measure.low), np.nan)


def _reasons(scenario: Scenario, values: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    codes = [REASON_CODE[reason] for reason in scenario.reasons]  # type: ignore[index]
    chances = np.array(list(scenario.reasons.values()))
    drawn = rng.choice(codes, size=values.shape, p=chances / chances.sum())
    reasons = np.where(values.isna().to_numpy(), drawn, ANSWERED).astype(np.int8)
    return pd.DataFrame(reasons, columns=values.columns)


def _residents(scenario: Scenario, people: People, rng: np.random.Generator) -> pd.DataFrame:
    n, waves = len(people.site), [*scenario.waves, None]
    sites = np.array(scenario.sites, dtype=object)[people.site]
    return pd.DataFrame(
        {
            "respondent": np.arange(n),
            "site": sites,
            "arm": [scenario.arms[site] for site in sites],
            "entered": [waves[wave] for wave in people.entered],
            "left": [waves[wave] for wave in people.left],
            "age": people.age.astype(int),
            "gender": rng.choice(["woman", "man", "other"], size=n, p=[0.62, 0.36, 0.02]),
            "tenure": people.tenure,
            "language": np.where(rng.random(n) < scenario.french, "fr", "en"),
        }
    )
