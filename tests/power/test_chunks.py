"""The same table whoever works, and however often the work is interrupted."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from evalkit.power import chunks
from evalkit.power.chunks import CHUNK, Key, Workers, run
from evalkit.power.measure import Measure
from evalkit.power.question import Question, default_analysis
from evalkit.power.replicates import Replicates
from evalkit.power.scenario import Scenario

ARMS = {f"S{n}": "intervention" if n < 2 else "comparison" for n in range(4)}
MEASURE = Measure("m", ("a", "b", "c", "d"))
SCENARIO = Scenario((MEASURE,), ARMS, per_site=10, times=(0.0, 1.0))
QUESTIONS = [Question(default_analysis(SCENARIO, MEASURE), tests=("two_stage", "satterthwaite"))]
SIMULATIONS = CHUNK + 20


def simulated(workers: Workers = Workers(), simulations: int = SIMULATIONS) -> dict[Key, Replicates]:
    return dict(run(SCENARIO, QUESTIONS, simulations, 3, workers))


def assert_identical(one: dict[Key, Replicates], other: dict[Key, Replicates]) -> None:
    assert one.keys() == other.keys()
    for key, part in one.items():
        for field in fields(Replicates):
            np.testing.assert_array_equal(getattr(part, field.name), getattr(other[key], field.name))


def test_two_processes_give_the_table_of_one() -> None:
    assert_identical(simulated(), simulated(Workers(2)))


def test_a_dask_cluster_gives_the_table_of_one() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert_identical(simulated(), simulated(Workers(scheduler=client)))


def test_interrupted_work_goes_on_to_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, worked = simulated(), []
    plain = chunks.run_chunk

    def interrupted(task: chunks.Task) -> dict[Key, Replicates]:
        if worked:
            raise KeyboardInterrupt
        worked.append(task.chunk)
        return plain(task)

    monkeypatch.setattr(chunks, "run_chunk", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulated(Workers(folder=tmp_path))
    assert len(list(tmp_path.glob("*.npz"))) == 1
    monkeypatch.setattr(chunks, "run_chunk", lambda task: worked.append(task.chunk) or plain(task))
    assert_identical(simulated(Workers(folder=tmp_path)), whole)
    assert worked == [0, 1]
    monkeypatch.setattr(chunks, "run_chunk", lambda task: pytest.fail("nothing was left to do"))
    assert_identical(simulated(Workers(folder=tmp_path)), whole)


def test_a_chunk_cut_short_is_run_again(tmp_path: Path) -> None:
    whole = simulated(Workers(folder=tmp_path))
    for file in tmp_path.glob("*.npz"):
        file.write_bytes(file.read_bytes()[:200])
    assert_identical(simulated(Workers(folder=tmp_path)), whole)


def test_another_scenario_takes_nothing_of_what_is_kept(tmp_path: Path) -> None:
    simulated(Workers(folder=tmp_path))
    other = run(replace(SCENARIO, cac=0.5), QUESTIONS, SIMULATIONS, 3, Workers(folder=tmp_path))
    alone = run(replace(SCENARIO, cac=0.5), QUESTIONS, SIMULATIONS, 3)
    assert_identical(dict(other), dict(alone))


def test_progress_counts_data_sets() -> None:
    seen: list[tuple[int, int]] = []
    run(SCENARIO, QUESTIONS, SIMULATIONS, 3, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(CHUNK, SIMULATIONS), (SIMULATIONS, SIMULATIONS)]
