"""Give a wave back, in the format of another tool."""

from __future__ import annotations

from pathlib import Path

from evalkit.archive.target import ExportOptions, ExportReceipt, Target
from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.registry import discover
from evalkit.responses.response_store import read_answers
from evalkit.study.study import Study


def export_wave(
    study: Study,
    wave: str,
    *,
    to: str = "csv",
    instrument: str | None = None,
    out: Path | None = None,
    options: ExportOptions = ExportOptions(),
) -> ExportReceipt:
    """Write the answers of a wave: the newest revision of each submission, a file an instrument.

    Parameters
    ----------
    wave : id of the wave.
    to : target, a file of `archive/targets/`.
    instrument : id; every instrument of the wave that has answers when not given.
    out : file to write, when one instrument is asked for; else `out/exports/<wave>-<instrument>`.
    options : labels, language and free text.

    Returns
    -------
    The files that were written, and what is worth saying of them.

    Raises
    ------
    ProblemsFound : unknown wave, target or instrument; no answers; a place that cannot be written.
    """
    targets = discover("evalkit.archive.targets", "TARGET")
    problems = _wrong_names(study, wave, instrument)
    if to not in targets:
        problems.append(error("export.unknown_target", Place(), target=to, targets=", ".join(targets)))
    if problems:
        raise ProblemsFound(problems)
    wanted = (instrument,) if instrument else study.waves_by_id[wave].instruments
    place = out if instrument else None
    receipts = [_export(study, wave, name, targets[to], place, options) for name in wanted]
    files = tuple(file for receipt in receipts for file in receipt.files)
    if not files:
        raise ProblemsFound([error("export.no_answers", Place(wave=wave, instrument=instrument))])
    return ExportReceipt(files, tuple(problem for receipt in receipts for problem in receipt.problems))


def _wrong_names(study: Study, wave: str, instrument: str | None) -> list[Problem]:
    known = study.waves_by_id.get(wave)
    if known is None:
        return [error("export.unknown_wave", Place(wave=wave), waves=", ".join(study.waves_by_id))]
    if instrument is not None and instrument not in known.instruments:
        place = Place(instrument=instrument, wave=wave)
        return [error("export.unknown_instrument", place, names=", ".join(known.instruments))]
    return []


def _export(
    study: Study, wave: str, name: str, target: Target, out: Path | None, options: ExportOptions
) -> ExportReceipt:
    table = read_answers(study, wave, name)
    if len(table) == 0:
        return ExportReceipt()
    file = out or study.out_folder / "exports" / f"{wave}-{name}.{target.ending}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return target.write(table, study.instruments[name], file, options)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("export.not_writable", Place(file=str(file)), reason=reason)]) from None
