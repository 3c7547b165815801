"""What `scenario.yaml` says: a design and its assumptions, as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from evalkit.models.plan import Analysis
from evalkit.power.assumptions import default
from evalkit.power.item_response import item_response
from evalkit.power.measure import Measure
from evalkit.power.prices import Prices
from evalkit.power.question import Question, default_analysis
from evalkit.power.scenario import ImpossibleScenario, Scenario
from evalkit.study.site import SiteId
from evalkit.study.wave import WaveId
from evalkit.yaml_files import Model, YamlFile, read_yaml

SCENARIO_FILE = "scenario.yaml"
Test = Literal["two_stage", "kenward_roger", "satterthwaite"]
Share = Annotated[float, Field(ge=0, le=1)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,19}$")]


class PlannedSite(Model):
    """Hold one planned site: its arm, who answers at the first wave, when it starts, waves not asked."""

    id: SiteId
    arm: str | None = None
    residents: Annotated[int, Field(ge=1)] | None = None
    start: Annotated[float, Field(ge=0)] | None = None
    not_asked: tuple[WaveId, ...] = ()


class Effect(Model):
    """Hold what the intervention changes, in SD of the score: its shape and its size."""

    shape: Literal["linear", "step"] = "linear"
    yearly: float = default("yearly_change")
    plateau: float = default("plateau")
    lag: Annotated[float, Field(ge=0)] = default("lag")
    varies: Annotated[float, Field(ge=0)] = 0.0


class Leaving(Model):
    """Hold who leaves for good in a year: a share for all, or by wave or arm, and how it hangs on scores."""

    yearly: BelowOne = default("attrition")
    by_wave: tuple[BelowOne, ...] = ()
    by_arm: Mapping[str, BelowOne] = Field(default_factory=dict)
    by_score: float = -0.25


class PlannedOutcome(Model):
    """Hold one outcome: a score of items, or one without floor and ceiling (`items: 0`)."""

    id: Id
    items: Annotated[int, Field(ge=0, le=60)] = 6
    answers: Annotated[int, Field(ge=3, le=11)] = 5
    reliability: Annotated[float, Field(gt=0, lt=1)] = default("reliability")
    mean: Annotated[float, Field(ge=0, le=100)] = default("mean")
    sd: Annotated[float, Field(ge=0)] = default("sd")
    icc: Share = default("icc")
    effect: Effect | None = None


class SearchLimits(Model):
    """Hold the largest design that a search looks at, and the most that it may cost."""

    sites: Annotated[int, Field(ge=2)] = 40
    residents: Annotated[int, Field(ge=2)] = 120
    waves: Annotated[int, Field(ge=2)] = 10
    budget: Annotated[float, Field(gt=0)] | None = None


class ScenarioFile(Model):
    """Hold what `scenario.yaml` says, as written.

    Parameters
    ----------
    sites : how many sites each arm has, or every site.
    treated : arm in which the intervention runs.
    residents : people who answer at the first wave in each site.
    waves : years from the first wave, or how many waves a year apart.
    response : share of households that answer when asked.
    site_slope, resident_slope : SD of the yearly drift of sites and residents, in SD of the score.
    question, contrast, tests, alpha : what will be asked of the answers, as in `plan.yaml`.
    goal : wished power.
    prices, limits : what designs cost, and the largest ones that the search for the cheapest looks at.
    """

    sites: Mapping[str, Annotated[int, Field(ge=0)]] | tuple[PlannedSite, ...] = Field(
        default_factory=lambda: {"intervention": 3, "comparison": 3}
    )
    treated: str = "intervention"
    residents: Annotated[int, Field(ge=1)] = int(default("residents"))
    waves: Annotated[int, Field(ge=1)] | tuple[float, ...] = int(default("waves"))
    response: Annotated[float, Field(gt=0, le=1)] = default("response")
    leaving: Leaving = Leaving()
    refreshment: Share = default("refreshment")
    wave_skip: BelowOne = default("wave_skip")
    item_missing: BelowOne = default("item_missing")
    cac: Share = default("cac")
    cac_decays: bool = False
    stability: BelowOne = default("stability")
    stability_decays: bool = True
    site_slope: Annotated[float, Field(ge=0)] = 0.0
    resident_slope: Annotated[float, Field(ge=0)] = 0.0
    between_outcomes: BelowOne = default("between_outcomes")
    effect: Effect = Effect()
    outcomes: Annotated[tuple[PlannedOutcome, ...], Field(min_length=1)] = (PlannedOutcome(id="cohesion"),)
    question: str | None = None
    contrast: str | None = None
    tests: Annotated[
        tuple[Literal["two_stage", "kenward_roger", "satterthwaite"], ...], Field(min_length=1)
    ] = ("two_stage",)
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    goal: Annotated[float, Field(gt=0, lt=1)] = 0.8
    prices: Prices | None = None
    limits: SearchLimits = SearchLimits()

    @model_validator(mode="after")
    def _can_be(self) -> ScenarioFile:
        try:
            scenario = scenario_of(self)
        except ImpossibleScenario as fault:
            raise PydanticCustomError(f"scenario_{fault.code}", str(fault)) from None
        for site in scenario.sites:
            if not set(scenario.not_asked.get(site, ())) <= set(scenario.waves):
                raise PydanticCustomError("scenario_no_such_wave", "a wave that there is not")
        for measure in scenario.measures:
            _can_be_answered(measure)
        return self


def _can_be_answered(measure: Measure) -> None:
    """Refuse a mean, SD and reliability that no answers to items can give, such as a mean at the ceiling."""
    if not measure.items or measure.sd <= 0 or measure.icc >= measure.alpha:
        return
    try:
        item_response(measure)
    except ValueError:
        raise PydanticCustomError("scenario_no_items", "no items give this mean and SD") from None


def read_scenario(path: Path) -> YamlFile[ScenarioFile]:
    """Read a scenario; raises ProblemsFound with all problems of the file, each with its line."""
    return read_yaml(path, ScenarioFile)


def scenario_of(file: ScenarioFile) -> Scenario:
    """Return the scenario that a file describes.

    Raises
    ------
    ValueError : assumptions that cannot hold together.

    Examples
    --------
    >>> scenario = scenario_of(ScenarioFile(sites={"intervention": 2, "comparison": 1}, waves=3))
    >>> dict(scenario.arms), scenario.times, scenario.measures[0].icc
    ({'S1': 'intervention', 'S2': 'intervention', 'S3': 'comparison'}, (0.0, 1.0, 2.0), 0.05)
    """
    sites = _sites(file)
    sizes = tuple(site.residents or file.residents for site in sites)
    times = file.waves if isinstance(file.waves, tuple) else tuple(float(year) for year in range(file.waves))
    return Scenario(
        tuple(_measure(outcome, file.effect) for outcome in file.outcomes),
        {site.id: site.arm for site in sites},
        treated=file.treated,
        times=times,
        per_site=sizes[0] if len(set(sizes)) == 1 else sizes,
        response=file.response,
        lag=file.effect.lag,
        cac=file.cac,
        stability=file.stability,
        between_measures=file.between_outcomes,
        attrition=file.leaving.yearly,
        attrition_by_score=file.leaving.by_score,
        refreshment=file.refreshment,
        wave_skip=file.wave_skip,
        item_missing=file.item_missing,
        starts={site.id: site.start for site in sites if site.start is not None},
        not_asked={site.id: site.not_asked for site in sites if site.not_asked},
        shape=file.effect.shape,
        effect_sd=file.effect.varies,
        cac_decays=file.cac_decays,
        stability_decays=file.stability_decays,
        site_slope=file.site_slope,
        resident_slope=file.resident_slope,
        attrition_by_wave=file.leaving.by_wave,
        attrition_by_arm=file.leaving.by_arm,
    )


def questions_of(
    file: ScenarioFile, scenario: Scenario, planned: Mapping[str, Analysis]
) -> tuple[Question, ...]:
    """Return what is asked of each outcome: by the file, else by the plan, else by the design.

    Parameters
    ----------
    planned : analyses of the plan, by outcome.
    """
    found = []
    for measure in scenario.measures:
        analysis = planned.get(measure.id)
        if file.question is not None:
            analysis = Analysis(id=f"power-{measure.id}", question=file.question, outcome=measure.id)
        analysis = analysis or default_analysis(scenario, measure)
        found.append(Question(analysis, file.contrast, tuple(file.tests), file.alpha))
    return tuple(found)


def _sites(file: ScenarioFile) -> tuple[PlannedSite, ...]:
    if not isinstance(file.sites, Mapping):
        return file.sites
    arms = [arm for arm, number in file.sites.items() for _ in range(number)]
    alone = len(file.sites) == 1 and next(iter(file.sites)) != file.treated
    return tuple(
        PlannedSite(id=f"S{number}", arm=None if alone else arm) for number, arm in enumerate(arms, start=1)
    )


def _measure(outcome: PlannedOutcome, effect: Effect) -> Measure:
    own = outcome.effect or effect
    return Measure(
        outcome.id,
        tuple(f"{outcome.id}{number}" for number in range(1, outcome.items + 1)),
        low=1,
        high=outcome.answers,
        mean=outcome.mean,
        sd=outcome.sd,
        alpha=outcome.reliability,
        icc=outcome.icc,
        yearly_change=own.yearly,
        plateau=own.plateau,
    )
