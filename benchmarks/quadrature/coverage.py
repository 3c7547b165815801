"""How often intervals of population probabilities cover the truth: python coverage.py [RUNS]."""

from __future__ import annotations

import sys

import numpy as np
from scipy.special import expit

from evalkit.mixed.quadrature.fitting import fit_logistic
from evalkit.mixed.quadrature.population import (
    difference_intervals,
    differences,
    population_probabilities,
    probability_intervals,
)

WAVES, EFFECTS, SD = 3, np.array([-1.0, 0.3, 0.8]), 2.0


def main(runs: int, people: int = 200) -> None:
    """Print the coverage of intervals of a probability and of a difference."""
    rng = np.random.default_rng(11)
    waves = np.column_stack([np.ones(WAVES), np.eye(WAVES)[:, 1:]])
    u = np.linspace(-9, 9, 4001)
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi) * (u[1] - u[0])
    truth = np.array([expit(row @ EFFECTS + SD * u) @ density for row in waves])
    groups, settings = np.repeat(np.arange(people), WAVES), [waves[k : k + 1] for k in range(WAVES)]
    covered = np.zeros(2)
    for _ in range(runs):
        rows = np.tile(waves, (people, 1))
        latent = rows @ EFFECTS + SD * rng.normal(size=people)[groups] + rng.logistic(size=len(groups))
        fit = fit_logistic((latent > 0).astype(np.intp), rows, groups)
        cells = population_probabilities(fit, settings).of(np.array([0.0, 1.0]))
        one = probability_intervals(cells)
        apart = difference_intervals(differences(cells, [(0, 2)]))
        covered += [
            one.low[2] < truth[2] < one.high[2],
            apart.low[0] < truth[2] - truth[0] < apart.high[0],
        ]
    probability, difference = covered / runs
    print(f"{runs} runs, {people} people: probability {probability:.3f}, difference {difference:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
