"""Other outcomes of a fitted design, at the fitted covariances: what chance alone would have shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.criterion import criterion
from evalkit.mixed.design import Design
from evalkit.mixed.fitting import MixedFit, prepare
from evalkit.mixed.simulating import simulate_outcomes

# Rows times outcomes held at once, and drawn in all: fewer outcomes where a fit rests on very many rows.
AT_ONCE = 4_000_000
MOST_DRAWN, FEWEST = 20_000_000, 39


def redrawn_fits(fit: MixedFit, number: int, rng: np.random.Generator) -> Iterator[MixedFit]:
    """Draw outcomes from a fit and give each one its own coefficients and effects, theta held.

    Parameters
    ----------
    fit : the model that outcomes are drawn from.
    number : of outcomes.
    rng : source of chance.

    Returns
    -------
    One fit an outcome. Its effects are those that the model would predict if it were true, with the
    fitted covariances over sigma^2; nothing is optimised, so that a fit costs one pass over groups.

    Examples
    --------
    >>> from evalkit.mixed.design import RandomTerm
    >>> from evalkit.mixed.fitting import fit_mixed
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat(np.arange(20), 5)
    >>> y = 3 + rng.normal(size=20)[group] + rng.normal(size=100)
    >>> fit = fit_mixed(y, np.ones((100, 1)), [RandomTerm(group, np.ones((100, 1)))])
    >>> [bool(np.array_equal(again.theta, fit.theta)) for again in redrawn_fits(fit, 2, rng)]
    [True, True]
    """
    each = max(1, AT_ONCE // fit.rows)
    for start in range(0, number, each):
        yield from _at_same_theta(fit, simulate_outcomes(fit, min(each, number - start), rng))


def affordable(fit: MixedFit, number: int) -> int:
    """Return how many outcomes to draw: `number`, or fewer for a fit on very many rows."""
    return int(np.clip(MOST_DRAWN // fit.rows, min(FEWEST, number), number))


def _at_same_theta(fit: MixedFit, outcomes: Array) -> Iterator[MixedFit]:
    design = fit.prepared.design
    ready = prepare(
        Design(np.asfortranarray(outcomes), design.fixed, design.terms, design.weights, design.names)
    )
    for k in range(outcomes.shape[1]):
        summary = ready.summary.of_outcomes(np.array([k]))
        at = criterion(summary, ready.shape, fit.optimum.at.theta, fit.reml)
        again = replace(fit.optimum, at=at)
        yield MixedFit(replace(ready, summary=summary), fit.reml, again, outcome=k)
