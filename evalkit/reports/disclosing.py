"""All tables of a year's documents, disclosed as one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd

from evalkit.disclosure import (
    DisclosedTable,
    DisclosureRule,
    Key,
    Relation,
    TableRequest,
    disclose_together,
    equal,
)
from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.reports.answering import answered_by_site, answered_by_wave
from evalkit.reports.arms import EVERYONE, Groups
from evalkit.reports.needs_table import needs_table
from evalkit.reports.results import (
    Result,
    change_table,
    relations_of_scores,
    score_table,
    site_score_table,
)
from evalkit.reports.site_results import relations_of_site_changes, site_change_table
from evalkit.study.study import Study
from evalkit.study.wave import Wave

LOG_COLUMNS = ("table", "row", "column", "reason")


def disclosed_tables(
    study: Study, waves: tuple[Wave, ...], people: pd.DataFrame, results: Sequence[Result], groups: Groups
) -> Mapping[str, DisclosedTable]:
    """Return every table that documents of a year draw on, whoever reads them and of whichever site.

    Parameters
    ----------
    waves : the waves up to that of the report.
    people : panel of those whose answers are counted.
    results : what was found of each outcome.

    Returns
    -------
    Tables by name: `answered`, `answered_by_site`, `scores`, `site_scores`, `changes`, `site_changes` and,
    where people were asked, `needs`. Counts were told in the documents of earlier years as
    well: what these showed stays shown, and is taken as known.
    """
    rule = study.file.disclosure
    requests = (
        score_table(results, waves, groups),
        site_score_table(results, waves),
        change_table(results, groups),
        site_change_table(study, results),
        *(table for table in (needs_table(people, waves),) if table is not None),
    )
    known = [*relations_of_scores(results, groups), *relations_of_site_changes(results)]
    scores = disclose_together(requests, rule, known)
    return {**_counts(study, waves, people, rule), **scores}


def requests_of_counts(
    study: Study, waves: tuple[Wave, ...], people: pd.DataFrame
) -> tuple[tuple[TableRequest, ...], tuple[Relation[Key], ...]]:
    """Return the tables of who answered, and what ties them together."""
    requests = (answered_by_wave(people, waves), answered_by_site(people, study, waves))
    links = [equal(("answered", w.id, "answered"), ("answered_by_site", EVERYONE, w.id)) for w in waves]
    return requests, tuple(links)


def log_of(tables: Iterable[DisclosedTable]) -> str:
    """Return what was hidden and why, as CSV: table, row, column, reason; never a value."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LOG_COLUMNS)
    # Documents share tables and take slices of them: what was hidden once is told once.
    lines = dict.fromkeys(line for table in tables for line in table.log)
    writer.writerows((line.table, line.row, line.column, line.reason) for line in lines)
    return text.getvalue()


def write_log(tables: Iterable[DisclosedTable], folder: Path, year: int) -> Path:
    """Write what was hidden in the documents of a year.

    Parameters
    ----------
    folder : the study's `out/`; the file goes to `tables/suppressed-{year}.csv` under it, among what is
        for the evaluators.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    file = folder / "tables" / f"suppressed-{year}.csv"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(log_of(tables), encoding="utf-8", newline="\n")
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("report.not_writable", Place(file=str(file)), reason=reason)]) from None
    return file


def _counts(
    study: Study, waves: tuple[Wave, ...], people: pd.DataFrame, rule: DisclosureRule
) -> Mapping[str, DisclosedTable]:
    tables: Mapping[str, DisclosedTable] = {}
    for number in range(1, len(waves) + 1):
        known = {wave.id for wave in waves[:number]}
        told = people[people["wave"].isin(known)]
        requests, links = requests_of_counts(study, waves[:number], told)
        shown = {
            (name, *spot) for name, table in tables.items() for spot in table.cells if not table.hidden(*spot)
        }
        tables = disclose_together(requests, rule, links, published=shown)
    return tables
