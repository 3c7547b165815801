"""Run a study from its files of answers to its summaries: validate every step, then do them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from evalkit.errors import ProblemsFound
from evalkit.models.fitting import fit
from evalkit.models.plan import read_plan
from evalkit.problems import Place, Problem, error, errors_of
from evalkit.reports.additions import read_additions
from evalkit.reports.index import write_index
from evalkit.reports.report import build_reports
from evalkit.reports.writing import write_reports, write_suppressed
from evalkit.responses.checking import check_responses
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.importing import import_wave
from evalkit.responses.maps import read_map
from evalkit.scores.score_report import write_scores
from evalkit.store.imports import find_import
from evalkit.store.originals import hash_file
from evalkit.study.study import Study
from evalkit.study.study_store import study_store
from evalkit.study.wave import AnswerFile, Wave

Step = Literal["import", "check", "score", "fit", "report"]
STEPS: tuple[Step, ...] = get_args(Step)
FORMAT = "html"
Progress = Callable[[Step, int, int], None]


@dataclass(frozen=True)
class RunReceipt:
    """Hold what a run did.

    Parameters
    ----------
    imported : receipts of the files that were new.
    passed_over : files that the store held already.
    problems : warnings and notes of all steps, in order.
    written : files of tables and reports.
    """

    imported: tuple[ImportReceipt, ...]
    passed_over: tuple[Path, ...]
    problems: tuple[Problem, ...]
    written: tuple[Path, ...]


@dataclass(frozen=True)
class _Job:
    """Hold one file to import."""

    wave: Wave
    answers: AnswerFile
    file: Path
    map: Path | None


def run(
    study: Study, *, until: Step = "report", data: Path | None = None, progress: Progress | None = None
) -> RunReceipt:
    """Carry a study from its answers to its summaries.

    Parameters
    ----------
    study : the study; its waves list their files of answers.
    until : last step to do.
    data : folder that holds the files of answers, when it is not the study's own.
    progress : called before each part of a step with the step, the part and how many there are.

    Returns
    -------
    What was done. Files that the store holds already are passed over, so a run can be repeated.

    Raises
    ------
    ProblemsFound : before anything is done, when a step cannot be done (a file or map is missing or
        wrong, the plan is wrong); later, when a file's answers are refused: what was imported before
        stays, complete.
    """
    tell = progress or _silent
    jobs = tuple(_jobs(study, data))
    _validate(study, jobs)
    wanted = STEPS[: STEPS.index(until) + 1]
    standing = tuple(job for job in jobs if _is_imported(study, job))
    imported = tuple(_import(study, tuple(job for job in jobs if job not in standing), tell))
    problems = [problem for receipt in imported for problem in receipt.problems]
    written: list[Path] = []
    if "check" in wanted:
        problems += _check(study, tell)
    if "score" in wanted:
        tell("score", 0, 1)
        written += write_scores(study)
    if "fit" in wanted:
        problems += fit(study, progress=lambda _id, part, parts: tell("fit", part, parts)).problems
    if "report" in wanted:
        written += _report(study, tell)
    return RunReceipt(imported, tuple(job.file for job in standing), tuple(problems), tuple(written))


def _jobs(study: Study, data: Path | None) -> Iterator[_Job]:
    for wave in study.waves:
        for answers in wave.answers:
            file = (data or study.folder) / answers.file
            yield _Job(wave, answers, file, study.folder / answers.map if answers.map else None)


def _validate(study: Study, jobs: tuple[_Job, ...]) -> None:
    problems: list[Problem] = []
    if not jobs:
        problems.append(error("run.no_answers", Place(file=str(study.folder / "study.yaml"))))
    missing = [Place(file=str(job.file), wave=job.wave.id) for job in jobs if not job.file.is_file()]
    problems += [error("run.file_not_found", place) for place in missing]
    problems += plan_and_map_problems(study)
    if problems:
        raise ProblemsFound(problems)


def plan_and_map_problems(study: Study) -> tuple[Problem, ...]:
    """Return what is wrong with the plan, with `report.yaml` and with the maps that waves name."""
    named = [answers for wave in study.waves for answers in wave.answers if answers.map is not None]
    maps = {(study.folder / str(answers.map), answers.instrument) for answers in named}
    problems = [
        problem
        for file, instrument in sorted(maps)
        for problem in _problems_of(partial(read_map, file, study.instruments[instrument]))
    ]
    problems += _problems_of(partial(read_plan, study))
    return (*problems, *_problems_of(partial(read_additions, study)))


def _problems_of(read: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        read()
    except ProblemsFound as found:
        return found.problems
    return ()


def _import(study: Study, jobs: tuple[_Job, ...], tell: Progress) -> Iterator[ImportReceipt]:
    for number, job in enumerate(jobs):
        tell("import", number, len(jobs))
        yield import_wave(study, job.file, wave=job.wave.id, instrument=job.answers.instrument, map=job.map)


def _is_imported(study: Study, job: _Job) -> bool:
    which = (hash_file(job.file), job.wave.id, job.answers.instrument)
    read_by = "" if job.map is None else hash_file(job.map)
    with study_store(study).reading() as connection:
        return find_import(connection, *which, read_by) is not None


def _check(study: Study, tell: Progress) -> tuple[Problem, ...]:
    tell("check", 0, 1)
    report = check_responses(study)
    if errors_of(report.problems):
        raise ProblemsFound(report.problems)
    return report.problems


def _report(study: Study, tell: Progress) -> Iterator[Path]:
    """Write the documents of the newest wave with answers, and the page that lists all of them."""
    documents = build_reports(study)
    total = len(documents) * len(study.languages)
    for number, file in enumerate(write_reports(documents, study.out_folder, study.languages, [FORMAT])):
        tell("report", number, total)
        yield file
    write_suppressed(documents, study.out_folder)
    yield write_index(study, study.out_folder)


def _silent(_step: Step, _part: int, _parts: int) -> None:
    """Take progress and show nothing."""
