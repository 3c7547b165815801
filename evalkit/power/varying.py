"""The same scenario with one assumption changed: what curves and searches vary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario

Change = Callable[[Scenario, float], Scenario]


def with_residents(scenario: Scenario, residents: float) -> Scenario:
    """Return a scenario in which so many answer at the first wave in each site, on average.

    Sites of different size keep their proportions.

    Examples
    --------
    >>> sites = {"S1": "intervention", "S2": "comparison"}
    >>> with_residents(Scenario((), sites, per_site=(20, 40)), 60).per_site
    (40, 80)
    """
    if isinstance(scenario.per_site, int):
        return replace(scenario, per_site=round(residents))
    mean = sum(scenario.sizes) / len(scenario.sizes)
    return replace(
        scenario, per_site=tuple(max(1, round(size * residents / mean)) for size in scenario.sizes)
    )


def with_sites(scenario: Scenario, sites: float) -> Scenario:
    """Return a scenario of so many sites, arms as unequal as they were; new sites are like those there are.

    Sites are added or taken in turn over the list, so that arms, starts, sizes and missing waves repeat.

    Examples
    --------
    >>> two = Scenario((), {"S1": "intervention", "S2": "comparison"}, per_site=(20, 40), starts={"S1": 1.0})
    >>> four = with_sites(two, 4)
    >>> list(four.arms.values()), four.per_site, dict(four.starts)
    (['intervention', 'comparison', 'intervention', 'comparison'], (20, 40, 20, 40), {'S1': 1.0, 'S3': 1.0})
    """
    order = _in_turn(scenario)
    names, like = [], {}
    for number in range(round(sites)):
        name = order[number] if number < len(order) else _new_name(number, scenario.sites)
        names.append(name)
        like[name] = order[number % len(order)]
    sizes = dict(zip(scenario.sites, scenario.sizes, strict=True))
    each = tuple(sizes[like[name]] for name in names)
    starts, out = scenario.starts, scenario.not_asked
    return replace(
        scenario,
        arms=MappingProxyType({name: scenario.arms[like[name]] for name in names}),
        per_site=scenario.per_site if isinstance(scenario.per_site, int) else each,
        starts={name: starts[like[name]] for name in names if like[name] in starts},
        not_asked={name: out[like[name]] for name in names if like[name] in out},
    )


def with_waves(scenario: Scenario, waves: float) -> Scenario:
    """Return a scenario of so many waves: the first ones, or more at the mean distance of those there are.

    Examples
    --------
    >>> with_waves(Scenario((), {"S1": None}, times=(0.0, 1.0, 2.0)), 5).times
    (0.0, 1.0, 2.0, 3.0, 4.0)
    """
    number, times = round(waves), list(scenario.times)
    step = times[-1] / (len(times) - 1) if len(times) > 1 else 1.0
    times += [times[-1] + step * (place + 1) for place in range(number - len(times))]
    losses = scenario.attrition_by_wave
    losses += losses[-1:] * (number - 1 - len(losses)) if losses else ()
    known = {f"w{wave}" for wave in range(1, number + 1)}
    not_asked = {site: tuple(w for w in out if w in known) for site, out in scenario.not_asked.items()}
    return replace(
        scenario, times=tuple(times[:number]), attrition_by_wave=losses[: number - 1], not_asked=not_asked
    )


def with_effect(scenario: Scenario, factor: float) -> Scenario:
    """Return a scenario whose intervention changes every score `factor` times as much."""
    return _each(
        scenario,
        lambda m: replace(m, yearly_change=factor * m.yearly_change, plateau=factor * m.plateau),
    )


def _with_icc(scenario: Scenario, icc: float) -> Scenario:
    return _each(scenario, lambda measure: replace(measure, icc=icc))


def with_items(scenario: Scenario, items: float) -> Scenario:
    """Return a scenario whose scales have so many items: the same true scores, with less error or more.

    Reliability follows Spearman and Brown. The score's SD changes with it, and what is true in points stays;
    the stability of scores is that of the first scale.

    Examples
    --------
    >>> measure = Measure("cohesion", ("a", "b"), sd=15.0, alpha=0.6)
    >>> longer = with_items(Scenario((measure,), {"S1": None}, stability=0.5), 4).measures[0]
    >>> round(longer.alpha, 3), round(longer.sd, 2), round(longer.yearly_change * longer.sd, 6)
    (0.75, 13.42, 0.75)
    """
    found = tuple(_with_length(measure, round(items)) for measure in scenario.measures)
    sharper = found[0].alpha / scenario.measures[0].alpha if found else 1.0
    return replace(
        scenario,
        measures=found,
        stability=scenario.stability * sharper,
        site_slope=scenario.site_slope * sharper**0.5,
        resident_slope=scenario.resident_slope * sharper**0.5,
    )


def _with_length(measure: Measure, items: int) -> Measure:
    ratio = items / max(len(measure.items), 1)
    alpha = ratio * measure.alpha / (1 + (ratio - 1) * measure.alpha)
    sharper = alpha / measure.alpha
    wider = sharper**0.5
    return replace(
        measure,
        items=tuple(f"i{number}" for number in range(1, items + 1)),
        alpha=alpha,
        sd=measure.sd / wider,
        icc=measure.icc * sharper,
        yearly_change=measure.yearly_change * wider,
        plateau=measure.plateau * wider,
        secular_change=measure.secular_change * wider,
    )


def _each(scenario: Scenario, change: Callable[[Measure], Measure]) -> Scenario:
    return replace(scenario, measures=tuple(change(measure) for measure in scenario.measures))


def _plain(name: str) -> Change:
    return lambda scenario, value: replace(scenario, **{name: value})  # type: ignore[arg-type]


PARAMETERS: Mapping[str, Change] = MappingProxyType(
    {
        "residents": with_residents,
        "sites": with_sites,
        "waves": with_waves,
        "effect": with_effect,
        "icc": _with_icc,
        "items": with_items,
        **{
            name: _plain(name)
            for name in ("cac", "stability", "attrition", "refreshment", "wave_skip", "lag", "response")
        },
    }
)
WHOLE = frozenset(("residents", "sites", "waves", "items"))
# What an assumption can be at all.
LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "residents": (1, 10_000),
        "sites": (1, 1_000),
        "waves": (1, 50),
        "effect": (-100, 100),
        "items": (2, 60),
        "lag": (0, 100),
        **dict.fromkeys(("icc", "cac", "stability", "attrition", "refreshment", "wave_skip"), (0, 1)),
        "response": (0.01, 1),
    }
)


def _in_turn(scenario: Scenario) -> list[str]:
    """Return the sites, one of each arm after another, so that taking the first ones keeps arms balanced."""
    by_arm: dict[str | None, list[str]] = {}
    for site, arm in scenario.arms.items():
        by_arm.setdefault(arm, []).append(site)
    placed = [
        ((turn + 0.5) / len(sites), number, site)
        for number, sites in enumerate(by_arm.values())
        for turn, site in enumerate(sites)
    ]
    return [site for _, _, site in sorted(placed)]


def _new_name(number: int, taken: tuple[str, ...]) -> str:
    name = f"S{number + 1}"
    while name in taken:
        name += "x"
    return name
