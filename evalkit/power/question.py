"""What is asked of simulated data: a question of the plan, one of its contrasts, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.models.fitting import asked_by
from evalkit.models.kind import Kind
from evalkit.models.plan import Analysis
from evalkit.models.planning.checking import KINDS
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans
from evalkit.models.spec import ModelSpec
from evalkit.power.drawing import Draws
from evalkit.power.measure import Measure
from evalkit.power.planned_study import SCORE, panel_of, planned_study
from evalkit.power.scenario import Scenario
from evalkit.power.true_scores import expected_scores
from evalkit.problems import Problem, error
from evalkit.registry import discover
from evalkit.study.study import Study

Array = npt.NDArray[np.float64]
# Questions whose data a scenario can give; others ask for doses or for what residents are.
SIMULATED = (
    "difference_in_change",
    "change_since_baseline",
    "baseline_adjusted",
    "growth",
    "piecewise",
    "staggered_start",
)


TESTS = ("two_stage", "kenward_roger", "satterthwaite")


@dataclass(frozen=True)
class Question:
    """Hold what is asked of each data set.

    Parameters
    ----------
    analysis : of the plan, or one like those of a plan.
    contrast : name of the contrast, such as its last wave; by default the last one that compares, and of
        staggered starts the one that rests on most starts.
    tests : methods, of `TESTS`.
    alpha : level of the tests; intervals cover 1 - alpha.
    """

    analysis: Analysis
    contrast: str | None = None
    tests: tuple[str, ...] = ("two_stage",)
    alpha: float = 0.05


@dataclass(frozen=True)
class Posed:
    """Hold a question posed to one data set: the model, and the contrast asked for."""

    spec: ModelSpec
    contrast: SiteContrast
    study: Study


def default_analysis(scenario: Scenario, measure: Measure) -> Analysis:
    """Return what a default plan asks of a scenario: changes compared, or the change of one group."""
    study = planned_study(scenario)
    kinds = discover(KINDS, "KIND")
    for name in ("staggered_start", "difference_in_change", "change_since_baseline"):
        if kinds[name].suits(study):
            return Analysis(id=f"power-{measure.id}", question=name, outcome=measure.id)
    raise ProblemsFound([error("power.one_wave")])


def pose(question: Question, rows: pd.DataFrame, study: Study) -> Posed | Problem:
    """Return the model and contrast of a question on a panel, or what the panel lacks for it.

    Raises
    ------
    ProblemsFound : a question or contrast that a scenario cannot answer.
    """
    analysis = question.analysis
    if analysis.question not in SIMULATED:
        raise ProblemsFound(
            [error("power.question_not_simulated", question=analysis.question, known=", ".join(SIMULATED))]
        )
    kind: Kind = discover(KINDS, "KIND")[analysis.question]
    asked = asked_by(analysis)
    lacking = kind.lacking(rows, SCORE, study, asked)
    if lacking is not None:
        return lacking
    spec = kind.build(rows, SCORE, study, asked)
    return Posed(spec, _chosen(spec, question), study)


def pose_first(scenario: Scenario, draws: Draws, question: Question, measure: int = 0) -> Posed | Problem:
    """Return a question posed to the first data set of some draws."""
    return pose(question, panel_of(scenario, draws, measure, 0), planned_study(scenario))


def truth(scenario: Scenario, measure: Measure, posed: Posed) -> float:
    """Return what the contrast is in truth, in points: its weights applied to expected scores."""
    expected = expected_scores(scenario, measure)
    windows = [
        _of_window(scenario, expected, window, posed.spec)
        for window in posed.contrast.stack or (posed.contrast,)
    ]
    values, weights = zip(*windows, strict=True)
    return float(np.average(values, weights=weights))


def _chosen(spec: ModelSpec, question: Question) -> SiteContrast:
    named = [c for c in spec.contrasts if question.contrast in (None, c.name)]
    if not named:
        known = ", ".join(dict.fromkeys(c.name for c in spec.contrasts))
        raise ProblemsFound([error("power.no_such_contrast", name=str(question.contrast), known=known)])
    compared = [contrast for contrast in named if contrast.compares] or named
    most = max(len(contrast.stack) for contrast in compared)
    return [contrast for contrast in compared if len(contrast.stack) == most][-1]


def _of_window(
    scenario: Scenario, expected: Array, contrast: SiteContrast, spec: ModelSpec
) -> tuple[float, float]:
    """Return what is true of a window, and how much it counts among several."""
    arms = contrast.members or {site: str(arm) for site, arm in scenario.arms.items()}
    sites, waves = spec.levels["site"], spec.levels["wave"]
    rows = [scenario.sites.index(site) for site in sites]
    own = expected[rows][:, [scenario.waves.index(wave) for wave in waves]]
    weights = contrast.weigh(_asked_of_all(scenario, sites, waves, own))
    numbers = np.where(weights == 0, 0.0, weights * own).sum(axis=1)
    groups = [[arms.get(site) == arm for site in sites] for arm in contrast.arms] or [[True] * len(sites)]
    means = [numbers[np.array(group) & np.isfinite(numbers)] for group in groups]
    if len(means) == 1:
        return float(means[0].mean()), 1.0
    sizes = [len(part) for part in means]
    return float(means[0].mean() - means[1].mean()), sizes[0] * sizes[1] / sum(sizes)


def _asked_of_all(
    scenario: Scenario, sites: tuple[str, ...], waves: tuple[str, ...], means: Array
) -> SiteMeans:
    """Return means of sites where everyone whom the scenario asks has answered."""
    asked = [[int(wave not in scenario.not_asked.get(site, ())) for wave in waves] for site in sites]
    counts, within = np.array(asked), np.eye(len(waves))
    sampling = np.broadcast_to(within, (len(sites), *within.shape))
    both = counts[:, :, None] * counts[:, None, :]
    return SiteMeans(sites, waves, means, means, sampling, counts, both, within, True)
