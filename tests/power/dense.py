"""Mixed models written out row by row: slow, plain, and apart from the code that they check."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evalkit.power.closed_form.slope_with_dropout import ResidentVariances, SlopeArm
from evalkit.power.grid import Grid
from evalkit.power.variances import Variances

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def rows_of(grid: Grid) -> tuple[Rows, Rows, Rows]:
    """Return resident, site and wave of every answer; numbers of residents are whole."""
    rows, resident = [], 0
    for site, counts in enumerate(grid.residents):
        for present, count in zip(grid.present, counts, strict=True):
            for _ in range(round(count)):
                rows += [(resident, site, wave) for wave in np.flatnonzero(present)]
                resident += 1
    people, sites, waves = np.array(rows).T
    return people, sites, waves


def dense_covariance(grid: Grid, v: Variances) -> Array:
    people, sites, waves = rows_of(grid)
    t, x = grid.times[waves], grid.effect[sites, waves]
    same = (np.equal.outer(part, part) for part in (people, sites, waves))
    of_resident, of_site, of_wave = same
    lag, ones = np.abs(np.subtract.outer(t, t)), np.add.outer(t, t)
    tilt = np.outer(t, t)

    def lines(level: float, slope: float, correlation: float, fading: float) -> Array:
        cross = correlation * (level * slope) ** 0.5
        return np.asarray(level * fading**lag + cross * ones + slope * tilt)

    own = lines(v.resident, v.resident_slope, v.resident_correlation, v.resident_autocorrelation)
    shared = lines(v.site, v.site_slope, v.site_correlation, v.site_autocorrelation)
    shared = shared + v.site_wave * of_wave + v.effect * np.outer(x, x)
    return of_resident * (own + v.residual * v.residual_autocorrelation**lag) + of_site * shared


def dense_standard_error(grid: Grid, variances: Variances, others: Array) -> float:
    """Return the standard error of the grid's effect beside the columns `others` (K, S, T)."""
    _, sites, waves = rows_of(grid)
    columns = np.column_stack([*others[:, sites, waves], grid.effect[sites, waves]])
    columns = columns[:, np.abs(columns).max(axis=0) > 0]
    information = columns.T @ np.linalg.solve(dense_covariance(grid, variances), columns)
    return float(np.linalg.inv(information)[-1, -1] ** 0.5)


def whole_losses(arm: SlopeArm, waves: int, rng: np.random.Generator) -> list[Rows]:
    """Return, by cluster, the number of waves of each resident; losses are rounded, who leaves is drawn."""
    total = int(sum(arm.residents))
    retention = np.ones(waves) if arm.retention is None else np.asarray(arm.retention)
    there = np.round(retention * total).astype(int)
    seen = rng.permutation((np.arange(total)[:, None] < there).sum(axis=1))
    return np.split(seen, np.cumsum(np.asarray(arm.residents, dtype=int))[:-1])


def satterthwaite_df(
    times: Sequence[float],
    arms: tuple[SlopeArm, SlopeArm],
    variances: ResidentVariances,
    *,
    cluster_levels: bool = False,
) -> float:
    """Return Satterthwaite's degrees of freedom of the difference of slopes, from expected information.

    With `cluster_levels` the model also estimates clusters' levels and their covariance with slopes.
    """
    rng, rows, resident, cluster = np.random.default_rng(5), [], 0, 0
    for number, arm in enumerate(arms):
        for seen in whole_losses(arm, len(times), rng):
            for last in seen:
                rows += [(resident, cluster, number, times[w], arm.cluster_slope) for w in range(last)]
                resident += 1
            cluster += 1
    people, clusters, treated, t, cluster_slope = np.array(rows, dtype=float).T
    own, tilt = np.equal.outer(people, people), np.outer(t, t)
    clustered = np.equal.outer(clusters, clusters) & (np.outer(cluster_slope, cluster_slope) > 0)
    parts = [own * 1.0, own * np.add.outer(t, t), own * tilt, clustered * tilt, np.eye(len(t))]
    values = [variances.intercept, variances.covariance, variances.slope, cluster_slope.max()]
    covariance = sum(v * part for v, part in zip([*values, variances.residual], parts, strict=True))
    if cluster_levels:
        parts += [clustered * 1.0, clustered * np.add.outer(t, t)]
    x = np.column_stack([np.ones_like(t), t, treated, treated * t])
    inverse = np.linalg.inv(np.asarray(covariance))
    phi = np.linalg.inv(x.T @ inverse @ x)
    projected = inverse - inverse @ x @ phi @ x.T @ inverse
    loads = inverse @ x @ phi[:, -1]
    gradient = np.array([loads @ part @ loads for part in parts])
    products = [projected @ part for part in parts]
    information = np.array([[0.5 * (a * b.T).sum() for a in products] for b in products])
    return float(2 * phi[-1, -1] ** 2 / (gradient @ np.linalg.solve(information, gradient)))
