"""Estimate the contrasts of an analysis anew, under another choice."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from evalkit.models.fitting import spec_of
from evalkit.models.inference.beside import as_test
from evalkit.models.inference.first_stage import NumbersOf, first_stage
from evalkit.models.inference.site_changes import SiteChange, site_change
from evalkit.models.inference.stacked import stacked_change
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.variation import MainResult, Reestimate
from evalkit.problems import Problem


def on_rows(main: MainResult, rows: pd.DataFrame) -> tuple[Reestimate, ...]:
    """Ask an analysis of other rows: model, site numbers and second stage are all made anew.

    Parameters
    ----------
    main : the analysis and its main result.
    rows : the rows, with the columns of `main.rows`.

    Returns
    -------
    The contrasts that these rows answer; none when the question cannot be asked of them.
    """
    spec = spec_of(main.analysis, rows, main.study)
    if isinstance(spec, Problem):
        return ()
    return from_numbers(first_stage(spec, main.study), spec.contrasts, main)


def from_numbers(
    numbers_of: NumbersOf, contrasts: Iterable[SiteContrast], main: MainResult
) -> tuple[Reestimate, ...]:
    """Do the second stage of some contrasts, on site numbers that were made in another way.

    Parameters
    ----------
    numbers_of : gives the numbers of a contrast's sites.
    contrasts : what is asked.
    main : tells the outcome and the coverage of intervals.

    Returns
    -------
    The contrasts that have an estimate.
    """
    found = [
        reestimate(second_stage_of(contrast, numbers_of, main.outcome, main.level), contrast)
        for contrast in contrasts
    ]
    return tuple(one for one in found if one.test.estimate is not None)


def second_stage_of(contrast: SiteContrast, numbers_of: NumbersOf, outcome: str, level: float) -> SiteChange:
    """Return the second stage of a contrast: of its sites, or of its windows together."""
    if contrast.stack:
        return stacked_change([numbers_of(one) for one in contrast.stack], contrast, outcome, level)
    return site_change(numbers_of(contrast), contrast, outcome, level)


def reestimate(change: SiteChange, contrast: SiteContrast) -> Reestimate:
    """Return a second stage with the number of people behind it: the fewer of its two waves."""
    return Reestimate(contrast, as_test(change), respondents_of(change.sites))


def respondents_of(sites: pd.DataFrame) -> int:
    """Return how many people the numbers of sites rest on: the fewer of the first and the last wave."""
    return int(min(sites["n_first"].sum(), sites["n_last"].sum()))
