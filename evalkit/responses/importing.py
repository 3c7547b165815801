"""Import a file of answers: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.instruments.library import find_instrument
from evalkit.problems import Place, error
from evalkit.responses.exports.platform import Export, Platform
from evalkit.responses.exports.reading import read_export
from evalkit.responses.exports.recognising import recognise
from evalkit.responses.exports.understanding import understand
from evalkit.responses.foreign.importer import ReadingOptions
from evalkit.responses.foreign.reading import read_foreign
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.import_writing import Import, refuse_same_file, write_import
from evalkit.responses.maps import AnswerMap, read_map
from evalkit.responses.matching.answers import Destination, Matched, match_answers, match_laid_out
from evalkit.responses.matching.faults import problems_of
from evalkit.responses.matching.sites import standing_sites
from evalkit.store.bulk import collector_paused
from evalkit.store.originals import hash_file
from evalkit.study.roster import roster_within
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Progress = Callable[[float], None]


@collector_paused()
def import_wave(
    study: Study,
    file: Path | str,
    *,
    wave: str,
    instrument: str,
    map: Path | str | None = None,
    dry_run: bool = False,
    accept_partial: bool = False,
    by: str | None = None,
    why: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> ImportReceipt:
    """Import a file of answers to one instrument in one wave.

    One transaction enrols new respondents, writes the answers and records the import. Whatever stops
    it, the store is as before or complete.

    Parameters
    ----------
    file : CSV, XLSX, SPSS, Stata or SAS, or the zipped export of a platform.
    wave, instrument : ids.
    map : YAML file that says how the file's columns and codes are to be read. Without one, the export of
        a platform is recognised by its shape, and read as that platform writes.
    dry_run : find all problems and count what would change, and change nothing.
    accept_partial : import the rows without problems, and write the others to a file of rejects.
    by, why : who imports, and the reason that is kept with each row.
    delimiter, encoding, sheet : of the file, when they shall not be found out.
    progress : called with the share that is done, 0 to 1.

    Returns
    -------
    What was done.

    Raises
    ------
    ProblemsFound : all problems of the file together; nothing is changed then.
    """
    path, say = Path(file), progress or _silent
    _check_wave(study, wave, instrument)
    source = _read(path, ReadingOptions(delimiter, encoding, sheet), study.instruments[instrument], map)
    read_by = "" if map is None else hash_file(Path(map))
    platform = source.platform.title if source.platform else ""
    receipt = ImportReceipt(str(path), hash_file(path), wave, instrument, read_by, platform, dry_run=dry_run)
    say(0.3)
    matched = _matched(source, _destination(study, receipt))
    del source
    say(0.6)
    good = _good_rows(matched, accept_partial=accept_partial)
    problems = (*matched.notes, *problems_of(matched.faults, matched.table))
    seen = replace(receipt, rows=len(good), rejected=int((~good).sum()), problems=problems)
    answers = matched.answers if good.all() else matched.answers.take(good)
    what = Import(path, answers, matched.enters[good], by, why)
    done = write_import(study, what, matched, replace(seen, empty_rows=matched.empty_rows))
    say(1.0)
    return done


class _Source(NamedTuple):
    """Hold a file that has been read, and how its answers are found: by a map, or as its platform writes."""

    export: Export
    answer_map: AnswerMap
    platform: Platform | None


def _read(file: Path, options: ReadingOptions, form: Instrument, map: Path | str | None) -> _Source:
    if map is not None:
        answer_map = read_map(Path(map), form)
        return _Source(Export(read_foreign(file, options)), answer_map, None)
    export = read_export(file, options)
    return _Source(export, AnswerMap(), recognise(export))


def _matched(source: _Source, to: Destination) -> Matched:
    if source.platform is None:
        return match_answers(source.export.main, source.answer_map, to)
    found = understand(source.export, source.platform, to.instrument, to.wave)
    return match_laid_out(found.table, found.answer_map, found.layout, to, found.problems, found.faults)


def _destination(study: Study, receipt: ImportReceipt) -> Destination:
    """Return what the store knows of the wave's respondents; raise when the file was imported before."""
    form = study.instruments[receipt.instrument]
    with study_store(study).reading() as connection:
        refuse_same_file(connection, receipt)
        standing = standing_sites(connection, study, receipt.wave, form.population)
        return Destination(study, roster_within(connection), standing, receipt.wave, form)


def _check_wave(study: Study, wave: str, instrument: str) -> None:
    problems = []
    if wave not in study.waves_by_id:
        known = ", ".join(study.waves_by_id)
        problems.append(error("import.unknown_wave", Place(wave=wave), wave=wave, known=known))
    if instrument not in study.instruments:
        known = ", ".join(study.instruments)
        code = "import.unknown_instrument"
        if find_instrument(instrument, study.folder) is not None:
            code = "import.not_in_study"
        problems.append(error(code, Place(instrument=instrument), instrument=instrument, known=known))
    elif wave in study.waves_by_id and instrument not in study.waves_by_id[wave].instruments:
        known = ", ".join(study.waves_by_id[wave].instruments)
        where = Place(wave=wave, instrument=instrument)
        problems.append(error("import.not_in_wave", where, instrument=instrument, wave=wave, known=known))
    if problems:
        raise ProblemsFound(problems)


def _good_rows(matched: Matched, *, accept_partial: bool) -> npt.NDArray[np.bool_]:
    """Return which rows are written; raise when there are problems and nobody asked for a part."""
    good = ~matched.bad
    if not (good.all() or (accept_partial and good.any())):
        raise ProblemsFound([*matched.notes, *problems_of(matched.faults, matched.table)])
    return good


def _silent(_share: float) -> None:
    """Take no notice of progress."""
