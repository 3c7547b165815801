"""What evalkit does in the race: draw data sets, fit them together, test one term. Seconds a data set."""

from __future__ import annotations

import os

for name in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"

import time  # noqa: E402  (threads are set first)
from collections.abc import Callable  # noqa: E402
from concurrent.futures import ProcessPoolExecutor  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from multiprocessing import get_context  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from designs import Panel, as_answers, columns_of, draw, make_frame  # noqa: E402

from evalkit.mixed.arrays import Array  # noqa: E402
from evalkit.mixed.batch import Batch, BatchMethod, fit_batch  # noqa: E402
from evalkit.models.inference.two_stage_batch import two_stage_tests  # noqa: E402


@dataclass(frozen=True)
class Spent:
    """Hold seconds a data set."""

    wall: float
    cpu: float


def timed(work: Callable[[], object], number: int) -> Spent:
    """Return seconds a data set of work on `number` of them."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent((time.perf_counter() - wall) / number, (time.process_time() - cpu) / number)


def outcomes_of(panel: Panel, frame: pd.DataFrame, number: int, seed: int) -> Array:
    """Draw data sets: (n, number)."""
    return draw(panel, frame, number, np.random.default_rng(seed))


def tests_of(panel: Panel, frame: pd.DataFrame, outcomes: Array, method: BatchMethod) -> Batch:
    """Fit all outcomes and test the last fixed column."""
    fixed, terms = columns_of(panel, frame)
    return fit_batch(outcomes, fixed, terms, contrasts=np.eye(fixed.shape[1])[-1:], method=method)


def mixed(panel: Panel, frame: pd.DataFrame, number: int, seed: int, method: BatchMethod) -> Spent:
    """Draw and test by the mixed model."""
    return timed(lambda: tests_of(panel, frame, outcomes_of(panel, frame, number, seed), method), number)


def two_stage(panel: Panel, frame: pd.DataFrame, number: int, seed: int) -> Spent:
    """Draw and test by a slope a site."""
    away = np.arange(panel.waves) - (panel.waves - 1) / 2
    design = np.column_stack([np.ones(panel.sites), np.arange(panel.sites) % 2])

    def work() -> None:
        answers, site_of = as_answers(panel, frame, outcomes_of(panel, frame, number, seed))
        two_stage_tests(answers, site_of, away / (away @ away), design, np.array([0.0, 1.0]))

    return timed(work, number)


def power_at(residents: int, number: int, seed: int) -> float:
    """Return the share of data sets in which the term is significant: a point of a curve."""
    panel = Panel(residents=residents)
    frame = make_frame(panel)
    found = tests_of(panel, frame, outcomes_of(panel, frame, number, seed), "satterthwaite")
    return float((found.p_value < 0.05).mean())


def curve(residents: tuple[int, ...], number: int, processes: int = 2) -> tuple[float, list[float]]:
    """Return wall seconds of a curve, the start of the processes counted, and its points."""
    start = time.perf_counter()
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        many = len(residents)
        powers = list(pool.map(power_at, residents, [number] * many, range(many)))
    return time.perf_counter() - start, powers
