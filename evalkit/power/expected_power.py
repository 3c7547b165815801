"""The power of the test over sites by formula: in a second, without drawing a single test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans
from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.drawing import Draws, draw
from evalkit.power.measure import Measure
from evalkit.power.noncentral_t import critical_value, noncentrality_for, two_sided_power
from evalkit.power.question import Posed, Question, pose_first, truth
from evalkit.power.scenario import Scenario
from evalkit.power.score_covariance import site_covariance, within_covariance
from evalkit.problems import Problem

Array = npt.NDArray[np.float64]
DRAWN = 20  # data sets over which the numbers of people by waves answered are averaged
SEED = 2026


@dataclass(frozen=True)
class ExpectedPower:
    """Hold what a formula tells of a design.

    Parameters
    ----------
    outcome : id of the measure.
    truth : what the contrast is, points.
    std_error : of its estimate, points.
    df : degrees of freedom, from sites alone.
    power : chance that the test rejects.
    half_width : half of the expected interval, points.
    smallest_effect : contrast, points, that the test finds with the wished power.
    from_sites : share of the estimate's variance that more residents would not take away.
    people : people expected to answer, by site and wave.
    """

    outcome: str
    truth: float
    std_error: float
    df: float
    power: float
    half_width: float
    smallest_effect: float
    from_sites: float
    people: Array


def expected_power(scenario: Scenario, question: Question, goal: float = 0.8) -> ExpectedPower | None:
    """Return the power of the default test by formula.

    A site's number is a weighted sum of its means. Its variance is that of what the site shares in waves,
    and that of the means over residents by generalised least squares on who answers when; sites then count
    as in the second stage, and the test is t on sites less arms, noncentral by the truth.

    Parameters
    ----------
    scenario : the assumptions. Answers count as normal: floor and ceiling are for the simulation.
    question : what is asked.
    goal : power that the smallest detectable effect is for.

    Returns
    -------
    The power; None for a question that pools several windows, whose test has no formula.

    Raises
    ------
    DegenerateDesign : when the design cannot bear a number.
    ProblemsFound : a question that a scenario cannot answer.

    References
    ----------
    Bloom 1995, Evaluation Review 19:547; Hooper et al. 2016, Statistics in Medicine 35:4718.

    Examples
    --------
    >>> from evalkit.power.question import default_analysis
    >>> arms = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
    >>> measure = Measure("cohesion", (), sd=1.0, yearly_change=0.61)
    >>> scenario = Scenario((measure,), arms, times=(0.0, 1.0), attrition=0.0, wave_skip=0.0, lag=0.0)
    >>> found = expected_power(scenario, Question(default_analysis(scenario, measure)))
    >>> found.df, round(found.smallest_effect, 2)
    (4.0, 0.61)
    """
    number = [measure.id for measure in scenario.measures].index(question.analysis.outcome)
    measure = scenario.measures[number]
    refuse_degenerate(scenario, measure)
    draws = draw(scenario, DRAWN, SEED)
    posed = pose_first(scenario, draws, question, number)
    if isinstance(posed, Problem):
        raise DegenerateDesign("effect_not_estimable")
    if posed.contrast.stack or posed.contrast.covariates:
        return None
    means = expected_means(scenario, draws, measure, number, posed)
    return _answer(scenario, measure, question, posed, means, goal)


def _answer(
    scenario: Scenario, measure: Measure, question: Question, posed: Posed, means: SiteMeans, goal: float
) -> ExpectedPower:
    weights = posed.contrast.weigh(means)
    variances, of_sites = _variances(scenario, measure, means, weights)
    groups = _groups(scenario, posed.contrast, means.sites, np.isfinite(variances))
    df = float(sum(len(group) for group in groups) - len(groups))
    if min(map(len, groups)) < 1 or df < 1 or (len(groups) == 2 and min(map(len, groups)) < 2):
        raise DegenerateDesign("too_few_sites")
    shares = [(1 / variances[group]) / (1 / variances[group]).sum() for group in groups]
    variance = sum(float(share**2 @ variances[group]) for share, group in zip(shares, groups, strict=True))
    lasting = sum(float(share**2 @ of_sites[group]) for share, group in zip(shares, groups, strict=True))
    std_error, true = float(np.sqrt(variance)), truth(scenario, measure, posed)
    if not std_error > 0:
        raise DegenerateDesign("no_variance")
    return ExpectedPower(
        outcome=measure.id,
        truth=true,
        std_error=std_error,
        df=df,
        power=two_sided_power(true / std_error, df, alpha=question.alpha),
        half_width=critical_value(df, alpha=question.alpha) * std_error,
        smallest_effect=noncentrality_for(goal, df, alpha=question.alpha) * std_error,
        from_sites=lasting / variance,
        people=means.counts.astype(float),
    )


def _variances(scenario: Scenario, measure: Measure, means: SiteMeans, weights: Array) -> tuple[Array, Array]:
    """Return the variance of each site's number, and the part of it that is of sites; NaN without one."""
    columns = [scenario.waves.index(wave) for wave in means.waves]
    shared = site_covariance(scenario, measure)[np.ix_(columns, columns)]
    whole, of_sites = [], []
    for site, row, sampling in zip(means.sites, weights, means.sampling, strict=True):
        added = [scenario.planted_at(measure, site, column)[1] for column in columns]
        varied = shared + scenario.effect_sd**2 * np.outer(added, added)
        used = np.flatnonzero(row != 0)
        part = row[used] @ varied[np.ix_(used, used)] @ row[used]
        of_sites.append(part)
        whole.append(part + row[used] @ sampling[np.ix_(used, used)] @ row[used])
    return np.array(whole), np.array(of_sites)


def _groups(
    scenario: Scenario, contrast: SiteContrast, sites: tuple[str, ...], known: npt.NDArray[np.bool_]
) -> list[npt.NDArray[np.intp]]:
    """Return the positions of the sites of each arm that have a number; of all sites without arms."""
    arms = contrast.members or {site: str(arm) for site, arm in scenario.arms.items()}
    members = [[arms.get(site) == arm for site in sites] for arm in contrast.arms] or [[True] * len(sites)]
    return [np.flatnonzero(np.array(group) & known) for group in members]


def refuse_degenerate(scenario: Scenario, measure: Measure) -> None:
    """Raise DegenerateDesign for assumptions under which nothing varies, or everything between sites."""
    if measure.sd <= 0:
        raise DegenerateDesign("no_variance")
    if measure.icc >= measure.alpha:
        raise DegenerateDesign("icc_one")


def expected_means(
    scenario: Scenario, draws: Draws, measure: Measure, number: int, posed: Posed
) -> SiteMeans:
    """Return what site means rest on, on average over data sets: counts, and their sampling covariance."""
    sites, waves = posed.spec.levels["site"], posed.spec.levels["wave"]
    columns = [scenario.waves.index(wave) for wave in waves]
    rows = [scenario.sites.index(site) for site in sites]
    known = np.isfinite(draws.scores[number][:, :, columns])
    if not known.any():
        raise DegenerateDesign("nobody_observed")
    within = within_covariance(scenario, measure)[np.ix_(columns, columns)]
    counts = np.array([known[:, draws.site_of == row].sum(axis=1).mean(axis=0) for row in rows])
    sampling = np.array([_sampling(known[:, draws.site_of == row], within, len(known)) for row in rows])
    both = np.einsum("st,su->stu", counts > 0, counts > 0).astype(int)
    empty = np.zeros(counts.shape)
    return SiteMeans(sites, waves, empty, empty, sampling, counts.round().astype(int), both, within, True)


def _sampling(known: npt.NDArray[np.bool_], within: Array, data_sets: int) -> Array:
    """Return the covariance (waves, waves) of a site's means by generalised least squares, on average."""
    patterns, numbers = np.unique(known.reshape(-1, known.shape[2]), axis=0, return_counts=True)
    information = np.zeros(within.shape)
    for pattern, people in zip(patterns, numbers, strict=True):
        seen = np.flatnonzero(pattern)
        information[np.ix_(seen, seen)] += people / data_sets * np.linalg.inv(within[np.ix_(seen, seen)])
    answered = np.diag(information) > 0
    found = np.full(within.shape, np.inf)
    part = np.ix_(answered, answered)
    found[part] = np.linalg.inv(information[part])
    return found
