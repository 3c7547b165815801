"""Variances from a fit that stands: where a scenario takes what a pilot has measured."""

from __future__ import annotations

from dataclasses import replace

from evalkit.models.fit import INTERCEPT, RESIDUAL, Fit
from evalkit.power.measure import Measure
from evalkit.power.scenario import Scenario


def with_pilot(scenario: Scenario, outcome: str, fit: Fit) -> Scenario:
    """Return a scenario whose variances are those of a fitted mixed model.

    The SD of the score, the ICC, the cluster autocorrelation and the correlation of a resident's answers come
    from the variance components; slopes stay those of the scenario. The effect is never taken from a
    fit: power for an effect that was seen tells nothing beyond its p-value (Hoenig & Heisey 2001, The
    American Statistician 55:19).

    Parameters
    ----------
    scenario : the assumptions.
    outcome : id of the measure.
    fit : a model with random terms of sites, of sites by wave and of residents.

    Raises
    ------
    ValueError : a fit without these components, or with none that varies.

    Examples
    --------
    >>> from evalkit.power.pilot import shares_of
    >>> shares_of(site=4.0, site_wave=1.0, resident=57.0, residual=38.0)
    (10.0, 0.05, 0.8, 0.6)
    """
    parts = fit.variance_components
    parts = parts[parts["term2"].isna() & parts["term1"].isin([INTERCEPT, ""]) | (parts["group"] == RESIDUAL)]
    by_group = dict(zip(parts["group"], parts["value"], strict=True))
    if not {"site", "respondent", RESIDUAL} <= set(by_group):
        raise ValueError("a fit with variances of sites and residents is needed")
    sd, icc, cac, stability = shares_of(
        site=float(by_group["site"]),
        site_wave=float(by_group.get("site:wave", 0.0)),
        resident=float(by_group["respondent"]),
        residual=float(by_group[RESIDUAL]),
    )
    measures = tuple(
        _with(measure, sd, icc, stability) if measure.id == outcome else measure
        for measure in scenario.measures
    )
    return replace(scenario, measures=measures, cac=cac, stability=stability, stability_decays=False)


def shares_of(*, site: float, site_wave: float, resident: float, residual: float) -> tuple[float, ...]:
    """Return SD, ICC, cluster autocorrelation and the correlation of a resident's answers within a site."""
    between, within = site + site_wave, resident + residual
    if not between + within > 0 or not within > 0:
        raise ValueError("nothing varies within sites")
    cac = site / between if between > 0 else 1.0
    total = between + within
    return round(total**0.5, 4), round(between / total, 4), round(cac, 4), round(resident / within, 4)


def _with(measure: Measure, sd: float, icc: float, stability: float) -> Measure:
    """Return a measure with a pilot's SD and ICC; no less reliable than its answers were stable."""
    return replace(measure, sd=sd, icc=icc, alpha=max(measure.alpha, round(stability + 0.01, 4)))
