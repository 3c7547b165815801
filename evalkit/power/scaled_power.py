"""The power of many numbers of sites and residents from that of one design: what maps and searches need."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from evalkit.power.expected_power import ExpectedPower
from evalkit.power.noncentral_t import noncentrality_for, two_sided_power
from evalkit.power.scenario import Scenario
from evalkit.power.varying import with_sites

CERTAIN = 100.0  # noncentrality beyond which every test rejects, and the library's series ends in nothing


@dataclass(frozen=True)
class ScaledPower:
    """Hold the power of designs that differ from a known one in their sites and residents alone.

    The variance of an estimate is a part of sites, which more residents leave alone, and a part of
    residents, which falls as their number; both fall as sites are added. Sites of equal size follow this to
    the digit, up to the rounding of people; others nearly.

    Parameters
    ----------
    scenario : the known design.
    expected : its power by formula.
    alpha : level of the test.
    """

    scenario: Scenario
    expected: ExpectedPower
    alpha: float = 0.05

    @property
    def groups(self) -> int:
        """Return how many groups of sites are compared: one, or two."""
        return min(len(set(self.scenario.arms.values())), 2)

    @property
    def residents(self) -> float:
        """Return the mean number of residents a site in the known design."""
        return sum(self.scenario.sizes) / len(self.scenario.sizes)

    def std_error(self, sites: int, residents: float) -> float:
        """Return the standard error, points; infinite when a group has fewer than two sites.

        Parameters
        ----------
        sites : in all.
        residents : a site, at the first wave; may be infinite.
        """
        spread = _spread(self.scenario, sites) / _spread(self.scenario, len(self.scenario.sites))
        of_residents = (1 - self.expected.from_sites) * self.residents / residents
        return self.expected.std_error * math.sqrt(spread * (self.expected.from_sites + of_residents))

    def power(self, sites: int, residents: float) -> float:
        """Return the power of so many sites and residents a site; zero when no test is left."""
        std_error, truth, df = self.std_error(sites, residents), self.expected.truth, self._df(sites)
        if math.isinf(std_error) or df < 1:
            return 0.0
        if truth and abs(truth) > CERTAIN * std_error:
            return 1.0
        return two_sided_power(truth / std_error if truth else 0.0, df, alpha=self.alpha)

    def smallest_effect(self, sites: int, residents: float, goal: float) -> float:
        """Return the effect, points, found with the wished power; infinite when no test is left."""
        std_error, df = self.std_error(sites, residents), self._df(sites)
        if math.isinf(std_error) or df < 1:
            return math.inf
        return noncentrality_for(goal, df, alpha=self.alpha) * std_error

    def residents_for(self, sites: int, goal: float) -> float:
        """Return how many residents a site give the wished power; infinite when no number does.

        Examples
        --------
        >>> import numpy as np
        >>> arms = {f"S{n}": "intervention" if n < 4 else "comparison" for n in range(8)}
        >>> known = ExpectedPower("cohesion", 3.0, 1.0, 6.0, 0.7, 2.4, 3.4, 0.25, np.zeros((8, 2)))
        >>> scaled = ScaledPower(Scenario((), arms, per_site=40), known)
        >>> needed = scaled.residents_for(8, 0.8)
        >>> round(needed, 1), round(scaled.power(8, needed), 6), scaled.residents_for(4, 0.8)
        (55.2, 0.8, inf)
        """
        df = self._df(sites)
        if math.isinf(_spread(self.scenario, sites)) or df < 1:
            return math.inf
        wished = abs(self.expected.truth) / noncentrality_for(goal, df, alpha=self.alpha)
        room = wished**2 - self.std_error(sites, math.inf) ** 2
        of_residents = self.std_error(sites, self.residents) ** 2 - self.std_error(sites, math.inf) ** 2
        return self.residents * of_residents / room if room > 0 else math.inf

    def _df(self, sites: int) -> float:
        known = len(self.scenario.sites)
        return (self.expected.df + self.groups) * sites / known - self.groups


def _spread(scenario: Scenario, sites: int) -> float:
    """Return the variance of a contrast of sites that vary by one: the sum over arms of 1 / sites."""
    counts = Counter(with_sites(scenario, sites).arms.values())
    if len(counts) < len(set(scenario.arms.values())) or min(counts.values()) < 2:
        return math.inf
    return sum(1 / count for count in counts.values())
