"""Run a study from its files of answers to its summaries: validate every step, then do them in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from evalkit.errors import ProblemsFound
from evalkit.models.fitting import StudyFits, fit
from evalkit.models.plan import read_plan
from evalkit.problems import Place, Problem, error, errors_of
from evalkit.reports.report import write_reports
from evalkit.responses.checking import check_responses
from evalkit.responses.importing import ImportReceipt, already_imported, import_wave
from evalkit.responses.maps import read_map
from evalkit.scores.score_report import write_scores
from evalkit.study.study import Study
from evalkit.study.wave import AnswerFile, Wave

Step = Literal["import", "check", "score", "fit", "report"]
STEPS: tuple[Step, ...] = get_args(Step)
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
    tell = progress or (lambda step, part, parts: None)
    jobs = tuple(_jobs(study, data))
    _validate(study, jobs)
    wanted = STEPS[: STEPS.index(until) + 1]
    imported, passed_over = _import(study, jobs, tell)
    problems = [problem for receipt in imported for problem in receipt.problems]
    written: list[Path] = []
    fits: StudyFits | None = None
    if "check" in wanted:
        tell("check", 0, 1)
        report = check_responses(study)
        if errors_of(report.problems):
            raise ProblemsFound(report.problems)
        problems += report.problems
    if "score" in wanted:
        tell("score", 0, 1)
        written += write_scores(study)
    if "fit" in wanted:
        fits = fit(study, progress=lambda part, parts: tell("fit", part, parts))
        problems += fits.problems
        written += fits.written
    if "report" in wanted:
        written += write_reports(study, fits=fits, progress=lambda part, parts: tell("report", part, parts))
    return RunReceipt(imported, passed_over, tuple(problems), tuple(written))


def _jobs(study: Study, data: Path | None) -> Iterator[_Job]:
    for wave in study.waves:
        for answers in wave.answers:
            file = (data or study.folder) / answers.file
            yield _Job(wave, answers, file, study.folder / answers.map if answers.map else None)


def _validate(study: Study, jobs: tuple[_Job, ...]) -> None:
    problems: list[Problem] = []
    if not jobs:
        problems.append(error("run.no_answers", Place(file=str(study.folder / "study.yaml"))))
    for job in jobs:
        if not job.file.is_file():
            problems.append(error("run.file_not_found", Place(file=str(job.file), wave=job.wave.id)))
        if job.map is not None:
            problems += _problems_of(lambda map=job.map: read_map(map))
    problems += _problems_of(lambda: read_plan(study))
    if problems:
        # Waves share maps: one fault of a map is said once.
        raise ProblemsFound(dict.fromkeys(problems))


def _problems_of(read: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        read()
    except ProblemsFound as found:
        return found.problems
    return ()


def _import(
    study: Study, jobs: tuple[_Job, ...], tell: Progress
) -> tuple[tuple[ImportReceipt, ...], tuple[Path, ...]]:
    imported, passed_over = [], []
    for number, job in enumerate(jobs):
        tell("import", number, len(jobs))
        if already_imported(study, job.file, wave=job.wave.id, instrument=job.answers.instrument):
            passed_over.append(job.file)
        else:
            imported.append(
                import_wave(study, job.file, wave=job.wave.id, instrument=job.answers.instrument, map=job.map)
            )
    return tuple(imported), tuple(passed_over)
