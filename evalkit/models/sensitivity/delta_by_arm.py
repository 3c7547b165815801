"""Those who left differ from what is foretold of them, in one arm, in the other, or in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.delta_adjusted import Leavers, leavers_of
from evalkit.models.inference.first_stage import sites_of
from evalkit.models.inference.site_numbers import SiteNumbers
from evalkit.models.inference.tipping import tipping_points
from evalkit.models.reestimating import from_numbers
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import site_means
from evalkit.models.variation import Key, MainResult, Sensitivity, Variant, key_of
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.delta_by_arm"
TIMES = (-2.0, -1.0, 1.0, 2.0)  # times the smallest change of interest
SMALL = 0.1  # of the spread of answers: what counts where no smallest change is declared
FARTHEST = 3.0  # times the spread of answers: no group of leavers differs by more

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scenario:
    """Hold in which arms leavers differ: None for all of them, and the words of it."""

    arm: str | None
    words: Mapping[str, object]
    key: str

    def where(self, leavers: Leavers) -> Array:
        """Return (sites,) 1 where leavers differ and 0 where they are as foretold."""
        if self.arm is None:
            return np.ones(len(leavers.numbers.table))
        return leavers.numbers.in_arm(self.arm).astype(float)

    def phrase(self, name: str, **values: object) -> Phrase:
        """Return words about this scenario."""
        return phrase(f"{WORDS}.{self.key}.{name}", **self.words, **values)


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Move the leavers' answers by some points, and look for the points at which the conclusion changes.

    Deltas are twice and once the smallest change of interest, both ways; tipping points are sought up to
    three standard deviations of answers.
    """
    windows = {key_of(one): one for each in main.spec.contrasts for one in (each.stack or (each,))}
    sites, waves = sites_of(main.spec, main.study), main.spec.levels["wave"]
    rows = main.spec.answers
    leavers = {key: leavers_of(rows, main.outcome, one, sites, waves) for key, one in windows.items()}
    if not any(known.shift.any() for known in leavers.values()):
        return phrase(f"{WORDS}.none_left")
    covariance = site_means(rows, main.outcome, sites=sites, waves=waves).covariance
    sd = float(np.sqrt(np.diagonal(covariance).max(initial=0.0)))
    unit = main.analysis.smallest_change or SMALL * sd
    return tuple(
        variant
        for scenario in scenarios(main)
        for variant in (
            *(_variant(main, leavers, scenario, times * unit) for times in TIMES),
            *_tipping(main, leavers, scenario, FARTHEST * sd),
        )
        if variant.found
    )


def scenarios(main: MainResult) -> tuple[Scenario, ...]:
    """Return the scenarios that the contrasts of an analysis can tell apart."""
    pairs = [contrast.arms for contrast in main.spec.contrasts if len(contrast.arms) == 2]
    everywhere = Scenario(None, {}, "everywhere")
    if not pairs:
        return (everywhere,)
    return (everywhere, *(Scenario(arm, {"arm": main.study.arm_name(arm)}, "one_arm") for arm in pairs[0]))


def _concerned(main: MainResult, scenario: Scenario) -> Iterator[SiteContrast]:
    return (c for c in main.spec.contrasts if scenario.arm is None or scenario.arm in c.arms)


def _numbers_at(
    leavers: Mapping[Key, Leavers], scenario: Scenario, delta: float
) -> Callable[[SiteContrast], SiteNumbers]:
    def numbers_of(contrast: SiteContrast) -> SiteNumbers:
        known = leavers[key_of(contrast)]
        return known.numbers_at(delta * scenario.where(known))

    return numbers_of


def _variant(main: MainResult, leavers: Mapping[Key, Leavers], scenario: Scenario, delta: float) -> Variant:
    numbers_of = _numbers_at(leavers, scenario, delta)
    found = from_numbers(numbers_of, _concerned(main, scenario), main)
    points = Number(delta, 1, signed=True)
    return Variant(scenario.phrase("name", delta=points), found, scenario.phrase("row"), points)


def _tipping(
    main: MainResult, leavers: Mapping[Key, Leavers], scenario: Scenario, reach: float
) -> Iterator[Variant]:
    """Give each contrast at its tipping points, or as it is, with the words that there is none."""
    given = {key_of(change.contrast) for change in main.found.changes if change.found.std_error is not None}
    for contrast in _concerned(main, scenario):
        if contrast.stack or key_of(contrast) not in given:
            continue
        known = leavers[key_of(contrast)]
        where = scenario.where(known)
        tips = tipping_points(known, contrast, where, reach=reach, level=main.level)
        for delta in tips:
            if delta is not None:
                points = Number(delta, 1, signed=True)
                found = from_numbers(_numbers_at(leavers, scenario, delta), [contrast], main)
                name = scenario.phrase("tips", delta=points)
                yield Variant(name, found, scenario.phrase("row"), points, drawn=False)
        if tips == (None, None):
            found = from_numbers(_numbers_at(leavers, scenario, 0.0), [contrast], main)
            name = scenario.phrase("never_tips", reach=Number(reach, 1))
            yield Variant(name, found, scenario.phrase("row"), drawn=False)


SENSITIVITY = Sensitivity(run)
