"""Each site's own scores and changes, as a table that may be shared."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from evalkit.disclosure import Cell, DisclosedTable, Relation, Spot, disclose
from evalkit.models.site_means import SiteMeans
from evalkit.reports.results import CHANGE_COLUMNS, Result
from evalkit.reports.verdicts import Verdict, verdict_in
from evalkit.study.study import Study

LEVEL = 0.95


def site_row(outcome: str, site: str) -> str:
    """Return the row of an outcome at a site."""
    return f"{outcome}/at:{site}"


def site_table(study: Study, results: Sequence[Result]) -> DisclosedTable:
    """Return the change of each site with its interval for its very residents.

    The interval holds what other residents drawn from the same site would have answered. It leaves out what
    a site goes through by chance in a year, which one site cannot tell from anything else.

    Parameters
    ----------
    results : of each outcome, before disclosure.

    Returns
    -------
    Rows `outcome/at:site`, columns `first`, `last`, `change`, `low`, `high`, in points; `last` alone at a
    first wave. A reader knows the mean of each group of sites, so what would follow from it is hidden.
    """
    cells: dict[Spot, Cell | None] = {}
    relations: list[Relation] = []
    for result in results:
        for frame in _frames(result):
            spots = [site_row(result.outcome.id, site) for site in frame["site"]]
            for row, found in zip(spots, frame.to_dict("records"), strict=True):
                cells |= {(row, column): cell for column, cell in _cells(result, found)}
                if "change" in found:
                    relations.append(
                        Relation({(row, "first"): 1.0, (row, "change"): 1.0, (row, "last"): -1.0})
                    )
            for column in ("first", "last", "change"):
                shares = zip(spots, frame["weight"], strict=True)
                relations.append(Relation({(row, column): float(share) for row, share in shares}))
    rows = [site_row(result.outcome.id, site.id) for result in results for site in study.sites]
    return disclose(
        "site_changes", cells, study.file.disclosure, rows=rows, columns=CHANGE_COLUMNS, relations=relations
    )


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


def _frames(result: Result) -> Iterator[pd.DataFrame]:
    """Give for each group one row a site: `site`, `weight`, `n_last`, `last`, and the change with ends."""
    if result.changes:
        df = _people_less_sites(result.means)
        half = float(t.ppf((1 + LEVEL) / 2, df)) if df > 0 else np.nan
        for change in result.changes.values():
            frame = change.sites.rename(columns={"mean_first": "first", "mean_last": "last"})
            reach = half * np.sqrt(frame["sampling"])
            yield frame.assign(low=frame["change"] - reach, high=frame["change"] + reach)
    elif result.answered:
        means = result.means
        counts = means.counts[:, -1]
        frame = pd.DataFrame(
            {"site": means.sites, "last": means.means[:, -1], "n_last": counts, "weight": 1.0}
        )
        yield frame[counts > 0]


def _cells(result: Result, found: Mapping[Hashable, Any]) -> Iterator[tuple[str, Cell]]:
    people = int(min(found["n_last"], found.get("n_first", found["n_last"])))
    for column in CHANGE_COLUMNS:
        value = found.get(column, np.nan)
        if not np.isnan(value):
            yield column, Cell(float(value), people, organisations=result.organisations)


def _people_less_sites(means: SiteMeans) -> int:
    """Return residents less sites: what the sampling variances rest on."""
    return int(means.counts.max(axis=1, initial=0).sum() - (means.counts > 0).any(axis=1).sum())
