"""Panels whose residuals vary by wave and fade with time, and the textbook's V of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import RandomTerm
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.residual_design import ResidualDesign, make_residual_design
from evalkit.mixed.residual_fitting import fit_residual
from tests.mixed.dense import covariance_parts


@dataclass(frozen=True)
class ResidualPanel:
    y: Array
    X: Array
    terms: tuple[RandomTerm, ...]
    weights: Array
    residual: ResidualDesign


def residual_panel(
    seed: int,
    *,
    residents: int = 60,
    by_wave: bool = True,
    in_time: bool = True,
    site_wave: bool = False,
    weighted: bool = False,
    rho: float = 0.5,
) -> ResidualPanel:
    """Return a panel of three waves and more, a seventh of its rows missing, in random order."""
    rng = np.random.default_rng(seed)
    waves, sites = 5, 6
    resident, wave = np.repeat(np.arange(residents), waves), np.tile(np.arange(waves), residents)
    time = wave + np.round(rng.uniform(0, 0.5, len(wave)), 2)
    site = resident % sites
    own = time.reshape(residents, waves)
    R = rho ** np.abs(own[:, :, None] - own[:, None, :])
    noise = (np.linalg.cholesky(R) @ rng.normal(size=(residents, waves, 1))).ravel()
    spread = np.array([0.7, 1.0, 1.0, 1.3, 1.5])[wave] if by_wave else np.ones(len(wave))
    weights = rng.uniform(0.5, 2.0, len(wave)) if weighted else np.ones(len(wave))
    y = 1 + 0.3 * time + rng.normal(size=residents)[resident] + 0.7 * rng.normal(size=sites)[site]
    y = y + 0.5 * rng.normal(size=(sites, waves))[site, wave] * site_wave + spread * noise / np.sqrt(weights)
    keep = rng.permutation(np.flatnonzero(rng.random(len(y)) < 0.86))
    time, site, wave, resident, weights, y = (v[keep] for v in (time, site, wave, resident, weights, y))
    one = np.ones((len(y), 1))
    terms = [RandomTerm(resident, one, True, "resident", ("i",)), RandomTerm(site, one, True, "site", ("i",))]
    if site_wave:
        terms.append(RandomTerm(site * waves + wave, one, True, "site:wave", ("i",)))
    X = np.column_stack([one[:, 0], time, site % 2])
    residual = make_residual_design(
        len(y),
        levels=wave if by_wave else None,
        times=time if in_time else None,
        within=resident if in_time else None,
    )
    return ResidualPanel(y, X, tuple(terms), weights, residual)


def fit_panel(data: ResidualPanel, reml: bool = True) -> MixedFit:
    return fit_residual(data.y, data.X, data.terms, data.residual, weights=data.weights, reml=reml)


def textbook_parameters(data: ResidualPanel, fit: MixedFit) -> Array:
    """Return variances and covariances of effects, residual variances by level, and rho."""
    assert fit.residual is not None
    names = [factor.name for factor in fit.prepared.factors]
    G = [fit.covariances[names.index(term.name)] for term in data.terms]
    parts = covariance_parts(data.terms, len(data.y))
    found = [own[i, j] for own, places in zip(G, parts, strict=True) for i, j, _ in places]
    found += list(fit.sigma**2 * fit.residual.ratios)
    return np.array(found if fit.residual.rho is None else [*found, fit.residual.rho])


def textbook_v(data: ResidualPanel, parameters: Array) -> Array:
    """Return the covariance of the outcome, n x n."""
    structure, left = data.residual, list(parameters)
    rho = left.pop() if structure.times is not None else None
    levels = max(len(structure.names), 1)
    variances, left = np.array(left[-levels:]), left[:-levels]
    sd = np.sqrt((variances[0] if structure.levels is None else variances[structure.levels]) / data.weights)
    R = np.eye(len(data.y))
    if rho is not None and structure.times is not None and structure.within is not None:
        same = structure.within[:, None] == structure.within
        R = same * rho ** np.abs(structure.times[:, None] - structure.times)
    V = R * np.outer(sd, sd)
    for own in covariance_parts(data.terms, len(data.y)):
        for _, _, D in own:
            V = V + left.pop(0) * D
    return V
