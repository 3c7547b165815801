"""Where each row was answered: as the file says, or by a rule that the map declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from evalkit.problems import Place, Problem, note
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import AnswerMap
from evalkit.responses.matching.cell_reading import look_up, plain_code, plain_words
from evalkit.responses.matching.faults import Fault, bad_rows, cell_fault, row_fault
from evalkit.responses.matching.layout import Layout
from evalkit.responses.matching.respondents import Respondents
from evalkit.store.submissions import newest_submissions
from evalkit.study.roster import Roster
from evalkit.study.study import Study

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class StandingSites:
    """Hold the sites of respondents as the store has them.

    Parameters
    ----------
    now : site by code in the wave itself, from any questionnaire of the population.
    before : site by code in the newest earlier wave in which the respondent answered.
    """

    now: Mapping[str, str]
    before: Mapping[str, str]


@dataclass(frozen=True)
class Sites:
    """Hold the site of each row (n,), None where there is none, with faults and what rules decided."""

    ids: npt.NDArray[np.object_]
    faults: tuple[Fault, ...]
    notes: tuple[Problem, ...]


def standing_sites(connection: Connection, study: Study, wave: str, population: str) -> StandingSites:
    """Return the sites that a population's submissions of a wave and of earlier waves have."""
    forms = [form.id for form in study.instruments.values() if form.population == population]
    order = [each.id for each in study.waves]
    by_wave: list[dict[str, str]] = []
    for earlier in order[: order.index(wave) + 1]:
        by_wave.append({})
        for form in forms:
            for rows in newest_submissions(connection, earlier, form, ("respondent", "site")):
                by_wave[-1].update((row.respondent, row.site) for row in rows if row.site)
    before: dict[str, str] = {}
    for sites in by_wave[:-1]:
        before |= sites
    return StandingSites(by_wave[-1], before)


def match_sites(
    study: Study,
    table: ForeignTable,
    layout: Layout,
    answer_map: AnswerMap,
    respondents: Respondents,
    *,
    roster: Roster,
    standing: StandingSites,
    one_site: bool,
) -> Sites:
    """Find the site of each row.

    A blank site is filled by the map's `site_if_missing`; where the file has no column of sites, the
    roster's only site of the respondent counts. Each is counted in a note. Only in a population
    of several sites a person may an answer stand without a site.
    """
    column = layout.keys.get("site")
    ids, faults = _read_sites(study, table, column, answer_map)
    rule = answer_map.site_if_missing or ("roster" if column is None else None)
    missing = pd.isna(ids) & ~bad_rows(faults, len(table))
    notes: list[Problem] = []
    if rule is not None and missing.any():
        filled = _by_rule(rule, respondents.codes, standing, roster)
        took = missing & ~pd.isna(filled)
        ids = np.where(took, filled, ids)
        missing &= ~took
        if took.any():
            notes.append(note(f"import.site_from_{rule}", Place(file=table.file), count=int(took.sum())))
    if one_site:
        known = ~pd.isna(respondents.codes)
        faults += row_fault("import.site_missing", missing & known, column)
        faults += _moved(ids, respondents.codes, standing.now, column)
    return Sites(ids, tuple(faults), tuple(notes))


def _read_sites(
    study: Study, table: ForeignTable, column: str | None, answer_map: AnswerMap
) -> tuple[npt.NDArray[np.object_], list[Fault]]:
    allowed = ", ".join(study.sites_by_id)
    if column is None:
        constant = answer_map.constant.get("site")
        wrong = np.full(len(table), constant is not None and constant not in study.sites_by_id)
        faults = list(row_fault("import.unknown_site", wrong, value=constant, allowed=allowed))
        return np.full(len(table), None if faults else constant, dtype=object), faults
    cells = table.column(column)
    named = _ids_by_name(study)
    ours = [
        look_up(answer_map.sites, cell) or named.get(plain_words(cell), plain_code(cell))
        for cell in cells.distinct
    ]
    unknown = np.array([site not in study.sites_by_id for site in ours], dtype=bool)
    details = [{"value": str(cell)[:60], "allowed": allowed} for cell in cells.distinct]
    faults = list(cell_fault("import.unknown_site", cells.codes, unknown, details, column))
    found = [None if bad else site for site, bad in zip(ours, unknown, strict=True)]
    return np.array([*found, None], dtype=object)[cells.codes], faults


def _ids_by_name(study: Study) -> dict[str, str]:
    """Return ids of sites by their names in any language, as forms show them; ids come before names."""
    pairs = {(plain_words(name), site.id) for site in study.sites for name in site.name.root.values()}
    ids = {plain_words(site.id) for site in study.sites}
    counts = Counter(name for name, _ in pairs)
    return {name: site for name, site in pairs if counts[name] == 1 and name not in ids}


def _by_rule(
    rule: str, codes: npt.NDArray[np.object_], standing: StandingSites, roster: Roster
) -> npt.NDArray[np.object_]:
    if rule == "previous_wave":
        return np.array([standing.before.get(code) for code in codes], dtype=object)
    sites = (roster.sites_of(code) for code in codes)
    return np.array([known[0] if len(known) == 1 else None for known in sites], dtype=object)


def _moved(
    ids: npt.NDArray[np.object_], codes: npt.NDArray[Any], now: Mapping[str, str], column: str | None
) -> Iterator[Fault]:
    """Give the rows whose respondent stands at another site in the same wave, in the store."""
    before = [now.get(code) for code in codes] if now else []
    moved = [i for i, site in enumerate(before) if site and ids[i] is not None and site != ids[i]]
    if moved:
        details = [{"value": str(ids[i]), "other": str(before[i])} for i in moved]
        yield Fault("import.two_sites", np.array(moved), np.arange(len(moved)), details, column)
