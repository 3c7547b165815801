"""What a contrast between sites becomes without each site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.site_test import SiteTest

SecondStage = Callable[[npt.NDArray[np.intp]], SiteTest]


@dataclass(frozen=True)
class WithoutSites:
    """Hold a test of all sites and the same test without each.

    Parameters
    ----------
    whole : the test of all sites.
    without : by the id of the site left out, in the order of the sites; its estimate is None where the
        remaining sites do not give one.
    """

    whole: SiteTest
    without: dict[str, SiteTest]

    @property
    def estimates(self) -> tuple[float, float] | None:
        """Return the least and the greatest estimate without a site; None when there is none."""
        known = [test.estimate for test in self.without.values() if test.estimate is not None]
        return (min(known), max(known)) if known else None

    @property
    def most_telling(self) -> str | None:
        """Return the site without which the estimate moves the most; None when none can be left out."""
        if self.whole.estimate is None:
            return None
        moved = {
            site: abs(test.estimate - self.whole.estimate)
            for site, test in self.without.items()
            if test.estimate is not None
        }
        return max(moved, key=lambda site: moved[site], default=None)


def leave_sites_out(second_stage: SecondStage, sites: Sequence[str]) -> WithoutSites:
    """Do a second stage with all sites, then without each.

    Parameters
    ----------
    second_stage : given the places of the sites that are kept, does everything that depends on which sites
        there are (the variance between sites, weights, assignments) and tests.
    sites : ids, in the order of the places.

    Returns
    -------
    The tests.

    Examples
    --------
    >>> from evalkit.models.inference.site_t_test import t_test
    >>> changes, arms = np.array([3.0, 5, 1, 2, 9]), np.array([True, True, False, False, False])
    >>> found = leave_sites_out(lambda kept: t_test(changes[kept], arms[kept]).single(), list("ABCDE"))
    >>> found.whole.estimate, found.estimates, found.most_telling
    (0.0, (-1.5, 2.5), 'E')
    """
    every = np.arange(len(sites), dtype=np.intp)
    without = {site: second_stage(np.delete(every, place)) for place, site in enumerate(sites)}
    return WithoutSites(second_stage(every), without)
