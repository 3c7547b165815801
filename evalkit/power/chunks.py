"""Run a simulation chunk by chunk: the same result whoever runs which chunk, and however often it stops."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

import evalkit
from evalkit.models.spreading import connected, spread
from evalkit.power.drawing import Draws, draw
from evalkit.power.model_testing import model_tests
from evalkit.power.question import Question, pose_first
from evalkit.power.replicates import FAILED, Replicates, joined, nothing_given
from evalkit.power.scenario import Scenario
from evalkit.power.site_testing import site_tests
from evalkit.problems import Problem

CHUNK = 100  # data sets drawn and tested together; those of one chunk share who leaves by chance
Key = tuple[str, str]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """Hold one chunk of a simulation.

    Parameters
    ----------
    scenario : the assumptions.
    questions : one for each outcome that is tested; the outcome of its analysis is the measure's id.
    seed, chunk : which data sets.
    replicates : how many.
    """

    scenario: Scenario
    questions: tuple[Question, ...]
    seed: int
    chunk: int
    replicates: int


@dataclass(frozen=True)
class Workers:
    """Say who works.

    Parameters
    ----------
    processes : on this machine.
    scheduler : address of a dask.distributed scheduler, or a `Client`, instead.
    folder : where finished chunks are kept, so that an interrupted simulation goes on; None for nowhere.
    """

    processes: int = 1
    scheduler: Any = None
    folder: Path | None = None


def run(
    scenario: Scenario,
    questions: Sequence[Question],
    simulations: int,
    seed: int,
    workers: Workers = Workers(),
    progress: Progress | None = None,
) -> Mapping[Key, Replicates]:
    """Simulate a design and test it.

    Parameters
    ----------
    scenario, questions : what is simulated, and what is asked of it.
    simulations : how many data sets.
    seed : of all chance. Chunks have their streams by number, never by worker.
    workers : who works.
    progress : called with how many data sets are done, and how many there are.

    Returns
    -------
    Tests by measure and method, data sets in their order.

    Examples
    --------
    >>> from evalkit.power.measure import Measure
    >>> from evalkit.power.question import default_analysis
    >>> arms = {"S1": "intervention", "S2": "intervention", "S3": "comparison", "S4": "comparison"}
    >>> measure = Measure("cohesion", ())
    >>> scenario = Scenario((measure,), arms, times=(0.0, 1.0), attrition_by_score=0.0)
    >>> found = run(scenario, [Question(default_analysis(scenario, measure))], 60, seed=1)
    >>> found["cohesion", "two_stage"].df[:2].tolist(), len(found["cohesion", "two_stage"])
    ([2.0, 2.0], 60)
    """
    sizes = [min(CHUNK, simulations - start) for start in range(0, simulations, CHUNK)]
    tasks = [Task(scenario, tuple(questions), seed, number, size) for number, size in enumerate(sizes)]
    kept = [_kept(task, workers.folder) for task in tasks]
    missing = [task for task, found in zip(tasks, kept, strict=True) if found is None]
    done = sum(task.replicates for task, found in zip(tasks, kept, strict=True) if found is not None)
    fresh = {}
    for task, found in zip(missing, _worked(missing, workers), strict=True):
        fresh[task.chunk] = found
        _keep(task, found, workers.folder)
        done += task.replicates
        if progress is not None:
            progress(done, simulations)
    whole = [found if found is not None else fresh[number] for number, found in enumerate(kept)]
    return {key: joined([part[key] for part in whole]) for key in whole[0]}


def run_chunk(task: Task) -> dict[Key, Replicates]:
    """Draw the data sets of a chunk and test each, on one thread so that sums are the same everywhere."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        draws = draw(task.scenario, task.replicates, task.seed, task.chunk)
        return dict(_tested(task, draws))


def _tested(task: Task, draws: Draws) -> Iterator[tuple[Key, Replicates]]:
    ids = [measure.id for measure in task.scenario.measures]
    for question in task.questions:
        number = ids.index(question.analysis.outcome)
        posed = pose_first(task.scenario, draws, question, number)
        for test in question.tests:
            if isinstance(posed, Problem):
                found = nothing_given(task.replicates, FAILED)
            elif test == "two_stage":
                found = site_tests(task.scenario, draws, question, posed, number)
            else:
                found = model_tests(task.scenario, draws, question, posed, number, test)
            yield (question.analysis.outcome, test), found


def _worked(tasks: list[Task], workers: Workers) -> Iterator[dict[Key, Replicates]]:
    """Return what the tasks give, in their order."""
    if workers.scheduler is not None:
        with connected(workers.scheduler) as client:
            yield from spread(client, run_chunk, tasks)
    elif workers.processes > 1 and len(tasks) > 1:
        from joblib import Parallel, delayed

        pool = Parallel(n_jobs=workers.processes, return_as="generator", batch_size=1)
        yield from pool(delayed(run_chunk)(task) for task in tasks)
    else:
        yield from map(run_chunk, tasks)


def _file(task: Task, folder: Path) -> Path:
    """Return where a chunk is kept: under a name that nothing else has which would give another result."""
    known = (evalkit.__version__, task.scenario, task.questions, task.seed, task.chunk, task.replicates)
    return folder / f"{hashlib.sha256(repr(known).encode()).hexdigest()[:32]}.npz"


def _kept(task: Task, folder: Path | None) -> dict[Key, Replicates] | None:
    if folder is None or not _file(task, folder).is_file():
        return None
    names = [field.name for field in fields(Replicates)]
    try:
        with np.load(_file(task, folder)) as found:
            keys = dict.fromkeys(tuple(name.split("|")[:2]) for name in found.files)
            return {
                (outcome, test): Replicates(**{n: found[f"{outcome}|{test}|{n}"] for n in names})
                for outcome, test in keys
            }
    except (OSError, ValueError, KeyError, BadZipFile):
        return None  # a file that a full disk or a crash cut short: the chunk is run again


def _keep(task: Task, found: Mapping[Key, Replicates], folder: Path | None) -> None:
    """Write a finished chunk, whole or not at all."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(task, folder)
    arrays = {
        f"{outcome}|{test}|{field.name}": getattr(part, field.name)
        for (outcome, test), part in found.items()
        for field in fields(Replicates)
    }
    beside = file.with_suffix(f".{os.getpid()}.part")
    with beside.open("wb") as stream:
        np.savez(stream, **arrays)
    beside.replace(file)
