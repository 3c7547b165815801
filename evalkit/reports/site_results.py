"""Each site's own scores and changes, as a table that may be shared."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from evalkit.disclosure import (
    Cell,
    DisclosedTable,
    Key,
    Relation,
    Spot,
    TableRequest,
    equal,
    weighted_mean,
)
from evalkit.models.site_means import SiteMeans
from evalkit.reports.results import CHANGE_COLUMNS, Result, row_of
from evalkit.reports.verdicts import Verdict, verdict_in
from evalkit.study.study import Study

LEVEL = 0.95
TABLE = "site_changes"


def site_row(outcome: str, site: str) -> str:
    """Return the row of an outcome at a site."""
    return f"{outcome}/at:{site}"


def site_change_table(study: Study, results: Sequence[Result]) -> TableRequest:
    """Return the change of each site with its interval for its very residents, before disclosure.

    The interval holds what other residents drawn from the same site would have answered. It leaves out what
    a site goes through by chance in a year, which one site cannot tell from anything else.

    Parameters
    ----------
    results : of each outcome.

    Returns
    -------
    Rows `outcome/at:site`, columns `first`, `last`, `change`, `low`, `high`, in points; `last` alone at a
    first wave.
    """
    cells: dict[Spot, Cell | None] = {}
    inside: list[Relation[Spot]] = []
    for result in results:
        for _, frame in _frames(result):
            for found in frame.to_dict("records"):
                row = site_row(result.outcome.id, str(found["site"]))
                cells |= {(row, column): cell for column, cell in _cells(result, found)}
                if "change" in found:
                    inside.append(Relation({(row, "first"): 1.0, (row, "change"): 1.0, (row, "last"): -1.0}))
    rows = [site_row(result.outcome.id, site.id) for result in results for site in study.sites]
    return TableRequest(TABLE, cells, rows, CHANGE_COLUMNS, inside)


def relations_of_site_changes(results: Sequence[Result]) -> list[Relation[Key]]:
    """Return what ties changes of sites to their scores by wave, and to the change of their group."""
    known: list[Relation[Key]] = []
    for result in results:
        waves = result.means.waves
        ends = {"last": waves[-1]} if result.first is None else {"first": result.first.id, "last": waves[-1]}
        for group, frame in _frames(result):
            rows = {str(site): site_row(result.outcome.id, str(site)) for site in frame["site"]}
            for (site, row), (end, wave) in product(rows.items(), ends.items()):
                if end in frame.columns:
                    scores = ("site_scores", row_of(result.outcome.id, site), wave)
                    known.append(equal((TABLE, row, end), scores))
            if group is not None:
                parts = {
                    (TABLE, row, "change"): float(share)
                    for row, share in zip(rows.values(), frame["weight"], strict=True)
                }
                known.append(weighted_mean(parts, ("changes", row_of(result.outcome.id, group), "change")))
    return known


def site_verdicts(study: Study, results: Sequence[Result], table: DisclosedTable) -> dict[str, Verdict]:
    """Return what may be said of each outcome at each site; no answers are hidden like few answers."""
    found: dict[str, Verdict] = {}
    for result in results:
        for site in study.sites:
            row = site_row(result.outcome.id, site.id)
            if not result.answered:
                found[row] = "not_asked"
            elif table.number(row, "last") is None:
                found[row] = "hidden"
            else:
                found[row] = verdict_in(table, row, result.band)
    return found


def _frames(result: Result) -> Iterator[tuple[str | None, pd.DataFrame]]:
    """Give for each group one row a site: `site`, `weight`, `n_last`, `last`, and the change with ends.

    At a first wave all sites stand together, without a group.
    """
    if result.changes:
        df = _people_less_sites(result.means)
        half = float(t.ppf((1 + LEVEL) / 2, df)) if df > 0 else np.nan
        for group, change in result.changes.items():
            frame = change.sites.rename(columns={"mean_first": "first", "mean_last": "last"})
            reach = half * np.sqrt(frame["sampling"])
            yield group, frame.assign(low=frame["change"] - reach, high=frame["change"] + reach)
    elif result.answered:
        means = result.means
        counts = means.counts[:, -1]
        frame = pd.DataFrame(
            {"site": means.sites, "last": means.means[:, -1], "n_last": counts, "weight": 1.0}
        )
        yield None, frame[counts > 0]


def _cells(result: Result, found: Mapping[Hashable, Any]) -> Iterator[tuple[str, Cell]]:
    people = int(min(found["n_last"], found.get("n_first", found["n_last"])))
    for column in CHANGE_COLUMNS:
        value = found.get(column, np.nan)
        if not np.isnan(value):
            yield column, Cell(float(value), people, organisations=result.organisations)


def _people_less_sites(means: SiteMeans) -> int:
    """Return residents less sites: what the sampling variances rest on."""
    return int(means.counts.max(axis=1, initial=0).sum() - (means.counts > 0).any(axis=1).sum())
