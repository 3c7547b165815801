"""Intervals hold the planted change about as often as they say; a small run of benchmarks/coverage."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "coverage" / "run.py"
SEEDS = 25


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_run", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["demonstration", "harder"])
def test_intervals_hold_the_planted_change(benchmark: ModuleType, name: str) -> None:
    counted = benchmark.table(benchmark.scenarios()[name], SEEDS)
    share = counted["held"].sum() / counted["of"].sum()
    assert 0.925 < share < 0.975
    assert counted["bias"].abs().max() < 2.5


def test_the_count_notices_a_truth_that_is_wrong(benchmark: ModuleType) -> None:
    scenario = benchmark.scenarios()["demonstration"]
    off = replace(
        scenario, measures=tuple(replace(measure, secular_change=0.6) for measure in scenario.measures)
    )
    study = benchmark.simulate(off, benchmark.np.random.default_rng(1))
    wrong = replace(study, planted=benchmark.simulate(scenario, benchmark.np.random.default_rng(1)).planted)
    found = benchmark.intervals(wrong, scenario)
    one_arm = found[(found["contrast"] != "difference") & (found["wave"] == "w3")]
    assert ((one_arm["low"] <= one_arm["planted"]) & (one_arm["planted"] <= one_arm["high"])).mean() < 0.5


def test_clopper_pearson_equals_published_bounds(benchmark: ModuleType) -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 and 0 of 20
    assert benchmark.clopper_pearson(81, 263) == pytest.approx((0.2527, 0.3676), abs=1e-4)
    assert benchmark.clopper_pearson(0, 20) == pytest.approx((0.0, 0.1684), abs=1e-4)
