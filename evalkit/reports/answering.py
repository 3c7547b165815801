"""Who answered, as tables to disclose."""

from __future__ import annotations

import pandas as pd

from evalkit.disclosure import Cell, Relation, Spot, TableRequest, count_cell, equal, total
from evalkit.panel.participation import participation
from evalkit.reports.arms import EVERYONE
from evalkit.study.study import Study
from evalkit.study.wave import Wave

COLUMNS = ("answered", "again", "new", "kept", "lost")


def answered_by_wave(panel: pd.DataFrame, waves: tuple[Wave, ...]) -> TableRequest:
    """Count who answered in each wave.

    Parameters
    ----------
    panel : one row a respondent and wave, `wave` an ordered category.
    waves : the waves, in the order of time.

    Returns
    -------
    Rows are waves. `answered` people, of whom `again` answered an earlier wave and `new` did not; of those
    who answered the first wave, `kept` answered this one and `lost` did not.
    """
    ids = [wave.id for wave in waves]
    counts = participation(panel.assign(wave=panel["wave"].cat.set_categories(ids))).set_index("wave")
    people = {
        wave: {name: int(n) for name, n in row.items()} for wave, row in counts.to_dict("index").items()
    }
    first = ids[0]
    everyone = people[first]["answered"]
    cells: dict[Spot, Cell | None] = {(first, "answered"): count_cell(everyone)}
    relations: list[Relation[Spot]] = []
    for wave in ids[1:]:
        row = people[wave]
        again, kept = row["stayed"] + row["returned"], row["from_first"]
        found = (row["answered"], again, row["new"], kept, everyone - kept)
        cells |= {(wave, column): count_cell(n) for column, n in zip(COLUMNS, found, strict=True)}
        relations.append(total([(wave, "again"), (wave, "new")], (wave, "answered")))
        relations.append(total([(wave, "kept"), (wave, "lost")], (first, "answered")))
    if len(ids) > 1:  # at the second wave, those who had answered before are those kept from the first
        relations.append(equal((ids[1], "again"), (ids[1], "kept")))
    keep = [(wave, "answered") for wave in ids]
    return TableRequest("answered", cells, ids, COLUMNS, relations, keep)


def answered_by_site(panel: pd.DataFrame, study: Study, waves: tuple[Wave, ...]) -> TableRequest:
    """Count who answered at each site in each wave.

    Returns
    -------
    Rows are sites and `all`; columns are wave ids, in people, and `households`, in households where the
    study knows them of every site.
    """
    sites = [site.id for site in study.sites]
    shown = [wave.id for wave in waves]
    cells: dict[Spot, Cell | None] = {}
    for wave in shown:
        here = panel[panel["wave"] == wave]
        counts = here.groupby(here["site"].astype(str))["respondent"].nunique()
        cells |= {(site, wave): count_cell(int(counts.get(site, 0))) for site in sites}
        cells[EVERYONE, wave] = count_cell(here["respondent"].nunique())
    households = [site.households for site in study.sites]
    if all(households):
        known = [int(number or 0) for number in households]
        cells |= {(s, "households"): count_cell(n) for s, n in zip(sites, known, strict=True)}
        cells[EVERYONE, "households"] = count_cell(sum(known))
    columns = ["households", *shown]
    relations = [total([(site, column) for site in sites], (EVERYONE, column)) for column in columns]
    keep = [(EVERYONE, column) for column in columns]  # the same totals stand in other tables of the page
    return TableRequest("answered_by_site", cells, [*sites, EVERYONE], columns, relations, keep)
