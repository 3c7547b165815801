"""Draw the scores of many data sets of a scenario at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.power.item_response import item_response
from evalkit.power.measure import Measure
from evalkit.power.occupancy import Chances, Occupancy, first_occupancy, next_occupancy
from evalkit.power.people import latent_correlation, site_shares
from evalkit.power.scenario import Scenario
from evalkit.power.streams import streams
from evalkit.power.true_scores import latent_shifts

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Draws:
    """Hold the scores of B simulated data sets.

    Parameters
    ----------
    scores : (measures, B, people, waves), points of 0 to 100; NaN where there is no answer.
    site_of : (people,), number of each person's site.
    shared : whether answers are absent in the same places in all data sets.
    """

    scores: Array
    site_of: IntArray
    shared: bool


@dataclass(frozen=True)
class _Noise:
    """Hold all that chance decides about residents, one row a place, places of a site together.

    Parameters
    ----------
    moves : (B, places, waves, measures), standard normal, of where people stand.
    lasting, drifts : the same shape, standard normal, of who comes in that wave: what stays of a person for
        good, and how fast this person drifts.
    answers : (B, places, waves, measures, items), standard normal.
    unanswered : (B or 1, places, waves, measures, items), uniform.
    """

    moves: Array
    lasting: Array
    drifts: Array
    answers: Array
    unanswered: Array


def draw(scenario: Scenario, replicates: int, seed: int, chunk: int = 0) -> Draws:
    """Draw data sets.

    A person's position is the sum of what is lasting at the site, what the site has in that wave, a drift of
    the site, and a personal part that either fades over years or lasts, with a drift of its own. It becomes
    answers to items, coarse and with floor and ceiling, or a normal score when the measure has no items.
    Places fall empty as people leave, by chance or by their last score, and newcomers take some of them.

    Parameters
    ----------
    scenario : the assumptions.
    replicates : B, how many data sets.
    seed, chunk : which ones. The same give the same data sets, on any machine; and residents keep their
        numbers when a site has more of them, so that designs of different size share their chance.

    Examples
    --------
    >>> from evalkit.power.scenario import Scenario
    >>> scenario = Scenario((Measure("cohesion", ()),), {"S1": "intervention", "S2": "comparison"})
    >>> drawn = draw(scenario, 3, seed=1)
    >>> drawn.scores.shape[:2], drawn.shared
    ((1, 3), False)
    """
    apart = scenario.attrition_by_score != 0.0 and max(scenario.attrition, *scenario.attrition_by_wave, 0) > 0
    rows = replicates if apart else 1
    sites = _site_parts(scenario, replicates, seed, chunk)
    noise, chances = _noise(scenario, replicates, rows, seed, chunk)
    site_of = np.repeat(np.arange(len(scenario.sites)), scenario.sizes)
    shifts = latent_shifts(scenario, sites.effects)
    waves, occupancies = [], []
    now, personal, last = first_occupancy(chances), None, None
    for wave in range(len(scenario.times)):
        if wave:
            now = next_occupancy(scenario, now, chances, wave, site_of, last)
        personal = _moved(scenario, personal, noise, now, wave)
        own = np.sqrt(1 - site_shares(scenario)) * personal.position
        position = sites.positions[:, site_of, wave] + own
        position = position + scenario.resident_slope * scenario.times[wave] * personal.drift
        scores = np.stack(
            [
                _scores(measure, position[..., m], shifts[m][:, site_of, wave], noise, wave, m, scenario)
                for m, measure in enumerate(scenario.measures)
            ]
        )
        answering = _answering(scenario, now, chances, wave, site_of)
        scores = np.where(answering, scores, np.nan)
        last = _last_scores(last, scores, now) if apart else None
        waves.append(scores)
        occupancies.append(now)
    return _by_person(waves, occupancies, site_of, shared=not apart)


@dataclass(frozen=True)
class _SiteParts:
    """Hold positions of sites (B, sites, waves, measures) and factors (B, sites) of the effect."""

    positions: Array
    effects: Array


@dataclass(frozen=True)
class _Personal:
    """Hold where people stand within their site, what lasts of it, and their drift: (B, places, measures)."""

    position: Array
    lasting: Array
    drift: Array


def _site_parts(scenario: Scenario, replicates: int, seed: int, chunk: int) -> _SiteParts:
    """Draw what sites share. Sites are drawn each from their own stream: a new one changes no other."""
    root = np.linalg.cholesky(latent_correlation(scenario))
    waves, measures = len(scenario.times), len(scenario.measures)
    positions, effects = [], []
    for site in range(len(scenario.sites)):
        rng = streams(seed, chunk, site).site
        lasting = rng.standard_normal((replicates, 1, measures)) @ root.T
        passing = rng.standard_normal((replicates, waves, measures)) @ root.T
        drift = rng.standard_normal((replicates, 1, measures)) @ root.T
        effects.append(1 + scenario.effect_sd * rng.standard_normal(replicates))
        kept = _kept(lasting, passing, scenario) * np.sqrt(site_shares(scenario))
        years = np.array(scenario.times)[:, None]
        alpha = np.array([measure.alpha for measure in scenario.measures])
        positions.append(kept + scenario.site_slope / np.sqrt(alpha) * years * drift)
    return _SiteParts(np.stack(positions, axis=1), np.stack(effects, axis=1))


def _kept(lasting: Array, passing: Array, scenario: Scenario) -> Array:
    """Return (B, waves, measures): a part that lasts and one drawn anew, or a part that fades over years."""
    if not scenario.cac_decays:
        return np.asarray(np.sqrt(scenario.cac) * lasting + np.sqrt(1 - scenario.cac) * passing)
    found = [lasting[:, 0]]
    for wave, years in enumerate(np.diff(scenario.times), start=1):
        keep = scenario.cac**years
        found.append(keep * found[-1] + np.sqrt(1 - keep**2) * passing[:, wave])
    return np.stack(found, axis=1)


def _noise(scenario: Scenario, replicates: int, rows: int, seed: int, chunk: int) -> tuple[_Noise, Chances]:
    """Draw what decides about residents, residents as the leading axis of each site's streams."""
    waves, measures = len(scenario.times), len(scenario.measures)
    items = max(len(measure.items) or 1 for measure in scenario.measures)
    parts: list[list[Array]] = [[] for _ in range(8)]
    for site, places in enumerate(scenario.sizes):
        own = streams(seed, chunk, site)
        people = (places, replicates, waves, measures)
        none = np.broadcast_to(0.0, people)
        found = (
            own.moves.standard_normal(people),
            none if scenario.stability_decays else own.lasting.standard_normal(people),
            own.drifts.standard_normal(people) if scenario.resident_slope else none,
            own.answers.standard_normal((*people, items)),
            own.unanswered.random((places, rows, waves, measures, items)),
            own.leaving.random((places, rows, waves)),
            own.replacing.random((places, rows, waves)),
            own.skipping.random((places, rows, waves)),
        )
        for part, values in zip(parts, found, strict=True):
            part.append(np.swapaxes(values, 0, 1))
    whole = [np.concatenate(part, axis=1) for part in parts]
    return _Noise(*whole[:5]), Chances(*whole[5:])


def _moved(
    scenario: Scenario, before: _Personal | None, noise: _Noise, now: Occupancy, wave: int
) -> _Personal:
    """Return where people stand in a wave: those who are new, anew; others near where they stood."""
    correlation = latent_correlation(scenario)
    alpha = np.array([measure.alpha for measure in scenario.measures])
    root = np.linalg.cholesky(correlation)
    fresh, lasting = noise.moves[:, :, wave] @ root.T, noise.lasting[:, :, wave] @ root.T
    drift = noise.drifts[:, :, wave] @ root.T / np.sqrt(alpha)
    if before is not None:
        lasting = np.where(now.arrived[:, :, None], lasting, before.lasting)
        drift = np.where(now.arrived[:, :, None], drift, before.drift)
    if not scenario.stability_decays:
        share = scenario.stability / alpha
        position = np.sqrt(share) * lasting + np.sqrt(1 - share) * fresh
    elif before is None:
        position = fresh
    else:
        keep = (scenario.stability / alpha) ** (scenario.times[wave] - scenario.times[wave - 1])
        step = np.linalg.cholesky(correlation * (1 - np.outer(keep, keep)))
        moved = keep * before.position + noise.moves[:, :, wave] @ step.T
        position = np.where(now.arrived[:, :, None], fresh, moved)
    return _Personal(position, lasting, drift)


def _scores(
    measure: Measure, position: Array, shift: Array, noise: _Noise, wave: int, number: int, scenario: Scenario
) -> Array:
    """Return scores (B, places) of people at a position, moved by a shift of the latent scale."""
    answers = noise.answers[:, :, wave, number]
    if not measure.items:
        unexplained = np.sqrt(1 - measure.alpha) * answers[..., 0]
        return np.asarray(
            measure.mean + measure.sd * (np.sqrt(measure.alpha) * position + unexplained) + shift
        )
    response = item_response(measure)
    common = response.loading * position + shift
    latent = common[..., None] + np.sqrt(1 - response.loading**2) * answers[..., : len(measure.items)]
    codes = np.searchsorted(np.array(response.cuts), latent)
    answered = noise.unanswered[:, :, wave, number, : len(measure.items)] >= scenario.item_missing
    count = answered.sum(axis=-1)
    total = np.where(answered, codes, 0).sum(axis=-1)
    enough = count >= len(measure.items) / 2
    points = 100 * total / np.maximum(count, 1) / len(response.cuts)
    return np.asarray(np.where(enough, points, np.nan))


def _answering(
    scenario: Scenario, now: Occupancy, chances: Chances, wave: int, site_of: IntArray
) -> npt.NDArray[np.bool_]:
    """Return (B or 1, places): who is there, asked, and does not pass over the wave; newcomers never do."""
    asked = np.array([scenario.waves[wave] not in scenario.not_asked.get(s, ()) for s in scenario.sites])
    skipping = (chances.skipping[:, :, wave] < scenario.wave_skip) & ~now.arrived
    return np.asarray(now.there & asked[site_of] & ~skipping)


def _last_scores(last: Array | None, scores: Array, now: Occupancy) -> Array:
    """Return the mean standardised score last answered (B, places); zero for who has answered none."""
    known = np.isfinite(scores)
    count = np.maximum(known.sum(axis=2, keepdims=True), 1)
    apart = np.where(known, scores - np.where(known, scores, 0.0).sum(axis=2, keepdims=True) / count, 0.0)
    spread = np.sqrt((apart**2).sum(axis=2, keepdims=True) / count)
    standard = (apart / np.maximum(spread, np.finfo(float).tiny)).sum(axis=0) / np.maximum(
        known.sum(axis=0), 1
    )
    earlier = np.zeros(standard.shape) if last is None else np.where(now.arrived, 0.0, last)
    return np.asarray(np.where(known.any(axis=0), standard, earlier))


def _by_person(waves: list[Array], occupancies: list[Occupancy], site_of: IntArray, *, shared: bool) -> Draws:
    """Return scores by person instead of by place: those who followed one another stand apart."""
    scores = np.stack(waves, axis=-1)
    person = np.stack([now.person for now in occupancies], axis=-1)
    parts, sites = [], []
    for turn in range(int(person.max()) + 1):
        part = np.where(person == turn, scores, np.nan)
        ever = np.isfinite(part).any(axis=(0, 1, 3))
        parts.append(part[:, :, ever])
        sites.append(site_of[ever])
    same = shared and all(_absent_alike(part) for part in parts)
    return Draws(np.concatenate(parts, axis=2), np.concatenate(sites), same)


def _absent_alike(part: Array) -> bool:
    known = np.isfinite(part)
    return bool((known == known[:, :1]).all())
