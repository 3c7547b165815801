"""What a simulated study is like: its design, its people, its questionnaires and what truly changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from evalkit.power.measure import Measure


class ImpossibleScenario(ValueError):
    """Raised for assumptions that cannot hold together.

    Parameters
    ----------
    code : which ones; words stand under `yaml_reasons.scenario_<code>`.
    detail : the same in short, with the measure where there is one.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)


@dataclass(frozen=True)
class Scenario:
    """Hold the assumptions of a simulated study.

    Parameters
    ----------
    measures : scales of the questionnaire.
    arms : arm of each site, by site id; only sites of `treated` change through the intervention.
    treated : arm in which the intervention runs.
    times : years from the first wave to each wave (2 to 10 waves).
    per_site : people who answer at the first wave, in every site or in each (7 to 80).
    response : share of households that answer at entry (.25 to .60).
    lag : years from the start of the intervention, at the first wave, to its first effect.
    cac : cluster autocorrelation: share of the sites' variance that stays from wave to wave; the rest is
        drawn anew for each site and wave (.50 to .95).
    stability : correlation of one person's scores a year apart within a site; falls geometrically with
        elapsed years (.45 to .75).
    between_measures : correlation of the scores of two scales (.30 to .65).
    attrition : share that leaves for good in a year (.10 to .30).
    attrition_by_score : change of the log-odds of leaving for one SD more in the last answered scores.
    attrition_young, attrition_new : added log-odds of leaving under 35 years of age, and in the first
        five years of tenancy.
    refreshment : share of those who left that newcomers replace (0 to 1).
    wave_skip : share of those still there who pass over a later wave (.05 to .20).
    item_missing : share of items left without an answer (.01 to .08).
    french : share who answer in French.
    reasons : how answers left out divide over their reasons.
    starts : years from the first wave to the start of the intervention, of treated sites that start later.
    not_asked : waves in which a site is not asked, by site.
    shape : `linear` when the change grows a year after year up to the plateau; `step` when the plateau is
        there at once.
    effect_sd : standard deviation between sites of the intervention's change, as a share of that change.
    cac_decays : whether the sites' autocorrelation falls geometrically with elapsed years.
    stability_decays : whether that of persons does; otherwise what lasts of a person lasts for good.
    site_slope, resident_slope : standard deviation of the yearly drift of sites, and of residents within
        sites, in SD of the score.
    attrition_by_wave : yearly share that leaves before each later wave, instead of one for all.
    attrition_by_arm : yearly share that leaves, of arms where it is another.
    """

    measures: tuple[Measure, ...]
    arms: Mapping[str, str | None]
    treated: str = "intervention"
    times: tuple[float, ...] = (0.0, 1.0, 2.0)
    per_site: int | tuple[int, ...] = 40
    response: float = 0.40
    lag: float = 1.0
    cac: float = 0.80
    stability: float = 0.60
    between_measures: float = 0.45
    attrition: float = 0.18
    attrition_by_score: float = -0.25
    attrition_young: float = 0.4
    attrition_new: float = 0.3
    refreshment: float = 1.0
    wave_skip: float = 0.10
    item_missing: float = 0.03
    french: float = 0.80
    reasons: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"dont_know": 0.4, "refused": 0.2, "blank": 0.4})
    )
    starts: Mapping[str, float] = field(default_factory=dict)
    not_asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shape: Literal["linear", "step"] = "linear"
    effect_sd: float = 0.0
    cac_decays: bool = False
    stability_decays: bool = True
    site_slope: float = 0.0
    resident_slope: float = 0.0
    attrition_by_wave: tuple[float, ...] = ()
    attrition_by_arm: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for measure in self.measures:
            if not self.stability < measure.alpha:
                raise ImpossibleScenario("stability", f"{measure.id}: more stable than reliable (alpha)")
        if len(self.sizes) != len(self.arms):
            raise ImpossibleScenario("sizes", "per_site needs one number, or one for each site")
        if self.times[0] != 0 or list(self.times) != sorted(set(self.times)):
            raise ImpossibleScenario("times", "times start at 0 and rise")
        if self.attrition_by_wave and len(self.attrition_by_wave) != len(self.times) - 1:
            raise ImpossibleScenario("by_wave", "attrition_by_wave needs one share a wave after the first")

    @property
    def sites(self) -> tuple[str, ...]:
        """Return the ids of the sites."""
        return tuple(self.arms)

    @property
    def waves(self) -> tuple[str, ...]:
        """Return the ids of the waves: w1, w2, ..."""
        return tuple(f"w{number}" for number in range(1, len(self.times) + 1))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many people answer at the first wave in each site."""
        return (self.per_site,) * len(self.arms) if isinstance(self.per_site, int) else self.per_site

    @property
    def households(self) -> tuple[int, ...]:
        """Return how many households each site has, so that the share `response` of them answers at entry."""
        return tuple(round(size / self.response) for size in self.sizes)

    def planted_change(self, measure: Measure, arm: str | None, wave: int) -> float:
        """Return the expected change of the score since the first wave, in points of 0 to 100.

        Of a site that starts the intervention at the first wave, when its arm is the treated one.

        Parameters
        ----------
        wave : number of the wave from 0.

        Examples
        --------
        >>> measure = Measure("cohesion", ("coh1", "coh2", "coh3"))
        >>> Scenario((measure,), {"S1": "intervention"}).planted_change(measure, "intervention", 2)
        0.75
        """
        years = self.times[wave]
        start = 0.0 if arm == self.treated else None
        return (measure.secular_change * years + self._added(measure, years, start)) * measure.sd

    def planted_at(self, measure: Measure, site: str, wave: int) -> tuple[float, float]:
        """Return a site's expected change since the first wave: what happens everywhere, and what is added.

        Parameters
        ----------
        wave : number of the wave from 0.

        Returns
        -------
        Two numbers, in points of 0 to 100: the secular change, and that of the intervention.

        Examples
        --------
        >>> measure = Measure("cohesion", (), secular_change=0.02)
        >>> scenario = Scenario((measure,), {"S1": "intervention"}, starts={"S1": 0.5}, lag=0.0)
        >>> [round(change, 6) for change in scenario.planted_at(measure, "S1", 2)]
        [0.6, 1.125]
        """
        years = self.times[wave]
        start = self.starts.get(site, 0.0) if self.arms[site] == self.treated else None
        added = self._added(measure, years, start)
        return measure.secular_change * years * measure.sd, added * measure.sd

    def _added(self, measure: Measure, years: float, start: float | None) -> float:
        """Return what the intervention has added by a time, in SD of the score; None for no start."""
        since = -1.0 if start is None else years - start - self.lag
        if self.shape == "step":
            return measure.plateau if start is not None and since >= 0 and years > start else 0.0
        return min(measure.yearly_change * max(since, 0.0), measure.plateau)


ALPHA = MappingProxyType({"control": 0.72, "access": 0.70})
ICC = MappingProxyType({"cohesion": 0.05, "security": 0.08, "access": 0.03, "control": 0.04})


def resident_scenario(
    scales: Mapping[str, tuple[str, ...]],
    arms: Mapping[str, str | None],
    *,
    low: int = 1,
    high: int = 5,
    times: tuple[float, ...] = (0.0, 1.0, 2.0),
) -> Scenario:
    """Return the default scenario of residents who answer `scales`.

    Parameters
    ----------
    scales : item ids by scale id; the four constructs of the residents' questionnaire bring their own
        reliability and ICC.
    arms : arm of each site.
    low, high : smallest and largest answer code.
    times : years from the first wave.
    """
    measures = tuple(
        Measure(name, tuple(items), low, high, alpha=ALPHA.get(name, 0.80), icc=ICC.get(name, 0.05))
        for name, items in scales.items()
    )
    return Scenario(measures, MappingProxyType(dict(arms)), times=times)


def partner_scenario(
    scales: Mapping[str, tuple[str, ...]],
    arms: Mapping[str, str | None],
    *,
    partners: int = 35,
    low: int = 1,
    high: int = 5,
    times: tuple[float, ...] = (0.0, 1.0, 2.0),
) -> Scenario:
    """Return the default scenario of partners: a quarter silent in a wave, a fifth gone in a year.

    Parameters
    ----------
    partners : in all sites together, spread evenly.
    scales, arms, low, high, times : as for `resident_scenario`.
    """
    measures = tuple(Measure(name, tuple(items), low, high, mean=62.0) for name, items in scales.items())
    sizes = tuple((partners + place) // len(arms) for place in range(len(arms)))
    return Scenario(
        measures,
        MappingProxyType(dict(arms)),
        times=times,
        per_site=sizes,
        response=0.75,
        attrition=0.20,
        attrition_by_score=0.0,
        attrition_young=0.0,
        attrition_new=0.0,
        wave_skip=0.25,
    )
