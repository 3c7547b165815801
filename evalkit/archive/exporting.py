"""Give a wave back, in the format of another tool."""

from __future__ import annotations

from pathlib import Path

from evalkit.archive.target import ExportOptions, Target
from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
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
    options: ExportOptions | None = None,
) -> tuple[Path, ...]:
    """Write the answers of a wave, one file an instrument.

    Parameters
    ----------
    wave : id of the wave.
    to : target, a file of `archive/targets/`.
    instrument : id; every instrument of the wave that has answers when not given.
    out : file to write, when one instrument is asked for; else `out/exports/<wave>-<instrument>`.
    options : labels, language and free text.

    Returns
    -------
    The files that were written.

    Raises
    ------
    ProblemsFound : unknown wave, target or instrument; no answers; a place that cannot be written.
    """
    targets = discover("evalkit.archive.targets", "TARGET")
    known = study.waves_by_id.get(wave)
    problems = []
    if known is None:
        waves = ", ".join(study.waves_by_id)
        problems.append(error("export.unknown_wave", Place(wave=wave), waves=waves))
    elif instrument is not None and instrument not in known.instruments:
        names = ", ".join(known.instruments)
        problems.append(
            error("export.unknown_instrument", Place(instrument=instrument, wave=wave), names=names)
        )
    if to not in targets:
        problems.append(error("export.unknown_target", Place(), target=to, targets=", ".join(targets)))
    if problems or known is None:
        raise ProblemsFound(problems)
    wanted = (instrument,) if instrument else known.instruments
    written = tuple(
        file
        for name in wanted
        for file in _export(
            study, wave, name, targets[to], out if instrument else None, options or ExportOptions()
        )
    )
    if not written:
        raise ProblemsFound([error("export.no_answers", Place(wave=wave))])
    return written


def _export(
    study: Study, wave: str, name: str, target: Target, out: Path | None, options: ExportOptions
) -> tuple[Path, ...]:
    table = read_answers(study, wave, name)
    if len(table) == 0:
        return ()
    file = out or study.out_folder / "exports" / f"{wave}-{name}.{target.ending}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return target.write(table, study.instruments[name], file, options)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("export.not_writable", Place(file=str(file)), reason=reason)]) from None
