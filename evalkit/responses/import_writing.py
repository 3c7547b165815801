"""Write what a file says into the store: one transaction, kept whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.responses.answer_table import AnswerTable
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.matching.answers import Matched
from evalkit.responses.matching.faults import reasons_by_row
from evalkit.responses.rejects import rejects_name, write_rejects
from evalkit.responses.response_store import write_answers_within
from evalkit.store.audit import add_entry
from evalkit.store.imports import add_import, find_import
from evalkit.store.originals import keep_original
from evalkit.store.store import Store
from evalkit.study.enrolling import enrol
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

REJECTS_FOLDER = "rejects"


@dataclass(frozen=True)
class Import:
    """Hold what shall be written.

    Parameters
    ----------
    file : the file of answers.
    answers : n rows without faults.
    enters : (n,) bool: rows whose respondent enters the roster.
    by, why : who imports, and the reason.
    """

    file: Path
    answers: AnswerTable
    enters: npt.NDArray[np.bool_]
    by: str | None
    why: str | None


def write_import(study: Study, what: Import, matched: Matched, receipt: ImportReceipt) -> ImportReceipt:
    """Enrol, write the answers, record the import and give the rejects, in one transaction.

    Parameters
    ----------
    matched : the whole file, for its rejected rows.
    receipt : what is known so far; a dry run is undone in the end.

    Returns
    -------
    The receipt with the counts of what was written.

    Raises
    ------
    ProblemsFound : the file was imported before; the store cannot be written.
    """
    store = study_store(study)
    if receipt.dry_run and store.location.file is not None and not store.location.file.exists():
        people = set(what.answers.keys.loc[what.enters, "respondent"])
        return replace(receipt, new=len(what.answers), enrolled=len(people))
    if not receipt.dry_run:
        # Before the transaction: a file that is kept for nothing is harmless, answers without it are not.
        keep_original(study.data_folder, what.file)
    with _undone(store) if receipt.dry_run else store.writing() as connection:
        refuse_same_file(connection, receipt)
        answers, enrolled = _enrolled(study, connection, what)
        reason = what.why or f"import of {what.file.name}"
        written = write_answers_within(
            study, connection, answers, source=receipt.sha256, by=what.by, why=reason
        )
        done = replace(receipt, **asdict(written), enrolled=enrolled)
        if not receipt.dry_run:
            _record(connection, what, done)
            done = _rejected(study, what, matched, done)
    return done


def refuse_same_file(connection: Connection, receipt: ImportReceipt) -> None:
    """Raise ProblemsFound when the same bytes, read by the same map, were imported for this wave."""
    which = (receipt.sha256, receipt.wave, receipt.instrument, receipt.map_sha256)
    before = find_import(connection, *which)
    if before is not None:
        where = Place(file=receipt.file, wave=receipt.wave, instrument=receipt.instrument)
        raise ProblemsFound([error("import.same_file", where, when=before.when[:10], by=before.by)])


class _Undone(Exception):
    """Raised to leave a transaction without keeping it."""


@contextmanager
def _undone(store: Store) -> Iterator[Connection]:
    """Open a transaction whose changes are undone in the end."""
    try:
        with store.writing() as connection:
            yield connection
            raise _Undone
    except _Undone:
        pass


def _enrolled(study: Study, connection: Connection, what: Import) -> tuple[AnswerTable, int]:
    """Return the answers with a code for each respondent, and how many entered the roster."""
    if not what.enters.any():
        return what.answers, 0
    keys = what.answers.keys.copy()
    population = study.population_of(str(keys["instrument"].iloc[0]))
    new = keys.loc[what.enters, ["respondent", "site"]]
    codes = enrol(study, connection, population, new["respondent"].tolist(), new["site"].tolist())
    keys.loc[what.enters, "respondent"] = new["respondent"].map(codes).astype(object)
    return replace(what.answers, keys=keys), len(codes)


def _record(connection: Connection, what: Import, done: ImportReceipt) -> None:
    which = {"wave": done.wave, "instrument": done.instrument, "sha256": done.sha256}
    which |= {"map_sha256": done.map_sha256}
    add_import(connection, **which, file=what.file.name, counts=done.counts, by=what.by)
    details = {**which, "file": what.file.name, "why": what.why or "", **done.counts}
    add_entry(connection, "import", details, what.by)


def _rejected(study: Study, what: Import, matched: Matched, done: ImportReceipt) -> ImportReceipt:
    """Write the rejected rows. Before the transaction ends: no row may be left out without a trace."""
    if not done.rejected:
        return done
    name = rejects_name(what.file, done.wave, done.instrument, done.sha256)
    target = study.out_folder / REJECTS_FOLDER / name
    write_rejects(target, matched.table, reasons_by_row(matched.faults, matched.table), study.languages[0])
    return replace(done, rejects_file=target)
