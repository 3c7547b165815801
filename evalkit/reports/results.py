"""Scores and changes of each outcome, as tables to disclose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from evalkit.disclosure import Cell, Relation, Spot, TableRequest, equal, weighted_mean
from evalkit.disclosure.cell import Key
from evalkit.models.arms import waves_before_start, without_baseline
from evalkit.models.inference.site_changes import SiteChange, change_of_sites, difference_of_arms
from evalkit.models.plan import Analysis, read_plan
from evalkit.models.site_means import SiteMeans, site_means
from evalkit.reports.arms import Group, Groups
from evalkit.study.study import Outcome, Study
from evalkit.study.wave import Wave

DIFFERENCE = "difference"
CHANGE_COLUMNS = ("first", "last", "change", "low", "high")
POINTS = (0.0, 100.0)  # what every reader knows of a score
POINTS_OF_CHANGE = (-100.0, 100.0)
SAME = 1e-6  # sums that hold but for the last digits of their terms


@dataclass(frozen=True)
class Result:
    """Hold what was found of one outcome, before disclosure; it never leaves this floor.

    Parameters
    ----------
    band : the smallest change that counts, in points.
    first : wave since which the outcome is followed; None when it was never answered.
    answered : whether it was answered in the wave of the report.
    organisations : None where people answer for themselves. Where they answer for an organisation it is 0,
        so that nothing is shown: the panel does not say whose organisation it is, and a number of people
        would not protect one.
    means : means by site and wave.
    changes : change since `first`, by group; empty when this is the first wave.
    difference : change of the group of interest less that of the comparison.
    """

    outcome: Outcome
    band: float
    first: Wave | None
    answered: bool
    organisations: int | None
    means: SiteMeans
    changes: Mapping[str, SiteChange]
    difference: SiteChange | None


def row_of(outcome: str, group: str) -> str:
    """Return the row of an outcome in a group, in `scores` and `changes`."""
    return f"{outcome}/{group}"


def results_of(
    study: Study, waves: Sequence[Wave], groups: Groups, panels: Mapping[str, pd.DataFrame]
) -> tuple[Result, ...]:
    """Compute each outcome's means by site and wave and its changes, with intervals over sites."""
    return tuple(
        _result(outcome, study, waves, groups, panels[study.population_of(outcome.scale.split(".")[0])])
        for outcome in study.outcomes
    )


def score_table(results: Sequence[Result], waves: Sequence[Wave], groups: Groups) -> TableRequest:
    """Return mean scores by wave: the same sites with the same weights stand behind every wave."""
    cells: dict[Spot, Cell | None] = {}
    for result in results:
        for group in groups.all:
            used = _sites_used(result, group)
            for wave in waves:
                cells[row_of(result.outcome.id, group.id), wave.id] = _mean_cell(result, group, used, wave.id)
    rows = [row_of(result.outcome.id, group.id) for result in results for group in groups.all]
    return TableRequest("scores", cells, rows, [wave.id for wave in waves])


def site_score_table(results: Sequence[Result], waves: Sequence[Wave]) -> TableRequest:
    """Return mean scores of each site by wave; rows are `outcome/site`."""
    cells: dict[Spot, Cell | None] = {}
    for result in results:
        means = result.means
        for (site, name), (column, wave) in product(enumerate(means.sites), enumerate(means.waves)):
            if people := int(means.counts[site, column]):
                mean, key = float(means.means[site, column]), (row_of(result.outcome.id, name), wave)
                cells[key] = Cell(mean, people, organisations=result.organisations, bounds=POINTS)
    rows = [row_of(result.outcome.id, site) for result in results for site in result.means.sites]
    return TableRequest("site_scores", cells, rows, [wave.id for wave in waves])


def relations_of_scores(results: Sequence[Result], groups: Groups) -> list[Relation[Key]]:
    """Return what ties scores of sites to those of groups, and these to the ends of changes."""
    known: list[Relation[Key]] = []
    for result, group in product(results, groups.all):
        row, means = row_of(result.outcome.id, group.id), result.means
        used = _sites_used(result, group)
        names = [row_of(result.outcome.id, means.sites[site]) for site in used]
        shares = _shares(result, group, used)
        for wave in means.waves:
            if _mean_cell(result, group, used, wave) is not None:
                parts = {("site_scores", name, wave): w for name, w in zip(names, shares, strict=True)}
                known.append(weighted_mean(parts, ("scores", row, wave)))
        change = result.changes.get(group.id)
        if result.first is not None and change is not None and change.estimate is not None:
            ends = {"first": result.first.id, "last": means.waves[-1]}
            known += [equal(("scores", row, wave), ("changes", row, end)) for end, wave in ends.items()]
    return known


def change_table(results: Sequence[Result], groups: Groups) -> TableRequest:
    """Return changes since the first wave and, with a comparison, their difference."""
    cells: dict[Spot, Cell | None] = {}
    rows: list[str] = []
    relations: list[Relation[Spot]] = []
    for result in results:
        for name, change in (*result.changes.items(), (DIFFERENCE, result.difference)):
            if change is not None and change.estimate is not None:
                row = row_of(result.outcome.id, name)
                rows.append(row)
                cells |= {(row, column): cell for column, cell in _change_cells(result, change, name).items()}
                relations.append(Relation({(row, "first"): 1.0, (row, "change"): 1.0, (row, "last"): -1.0}))
                # An interval lies evenly around its change: both ends give the change away.
                relations.append(Relation({(row, "low"): 1.0, (row, "high"): 1.0, (row, "change"): -2.0}))
        if groups.comparison is not None:
            relations += _apart(result, groups.main, groups.comparison)
    return TableRequest("changes", cells, rows, CHANGE_COLUMNS, relations)


def _apart(result: Result, main: Group, comparison: Group) -> list[Relation[Spot]]:
    """Return that the difference is that of both changes, unless it rests on fewer sites than they do."""
    found = (result.changes.get(main.id), result.changes.get(comparison.id), result.difference)
    ours, theirs, apart = (None if change is None else change.estimate for change in found)
    if ours is None or theirs is None or apart is None or abs(ours - theirs - apart) > SAME:
        return []
    rows = [row_of(result.outcome.id, name) for name in (main.id, comparison.id, DIFFERENCE)]
    return [Relation({(row, "change"): w for row, w in zip(rows, (1.0, -1.0, -1.0), strict=True)})]


def _result(
    outcome: Outcome, study: Study, waves: Sequence[Wave], groups: Groups, panel: pd.DataFrame
) -> Result:
    (instrument, column), planned = outcome.scale.split("."), _planned(study, outcome)
    asked = panel[panel["instrument"] == instrument]
    scored = asked if column in asked else asked.assign(**{column: np.nan})
    sites = [site.id for site in study.sites if site.id not in planned.exclusions.sites]
    kept = [wave for wave in waves if wave.id not in planned.exclusions.waves]
    means = site_means(scored, column, sites=sites, waves=[wave.id for wave in kept])
    seen = [wave for wave, people in zip(kept, means.counts.sum(axis=0), strict=True) if people]
    first = next((wave for wave in seen if planned.contrast.since in (None, wave.id)), None)
    last = waves[-1]
    population = study.file.populations.get(study.population_of(instrument))
    organisations = 0 if population is not None and population.organisation == "required" else None
    band = outcome.smallest_change if planned.smallest_change is None else planned.smallest_change
    if last not in seen or first is None or first == last:
        return Result(outcome, band, first, last in seen, organisations, means, {}, None)
    ends = (first.id, last.id)
    changes = {
        group.id: change_of_sites(scored, column, _within(group, sites), *ends, means=means)
        for group in groups.all
    }
    difference = None
    if groups.comparison is not None:
        arms = (groups.main.id, groups.comparison.id)
        compared = _with_baseline(study, scored, sites, waves, groups.main)
        difference = difference_of_arms(scored, column, compared, *ends, arms=arms, means=means)
    return Result(outcome, band, first, True, organisations, means, changes, difference)


def _with_baseline(
    study: Study, panel: pd.DataFrame, sites: Sequence[str], waves: Sequence[Wave], main: Group
) -> list[str]:
    """Return the sites that a difference may rest on: not those that began before their first wave was over,
    nor those of the group of interest that have not begun by this wave."""
    before, late = waves_before_start(study), without_baseline(study, panel)
    waiting = {site for site in main.sites if (before[site] or 0) >= len(waves)}
    return [site for site in sites if site not in late and site not in waiting]


def _planned(study: Study, outcome: Outcome) -> Analysis:
    """Return the analysis that the plan makes of an outcome; one without exclusions when it makes none."""
    found = [analysis for analysis in read_plan(study).analyses if analysis.outcome == outcome.id]
    default = Analysis(id=outcome.id, question="change_since_baseline", outcome=outcome.id)
    return next(iter(found), default)


def _within(group: Group, sites: Sequence[str]) -> list[str]:
    return [site for site in group.sites if site in sites]


def _sites_used(result: Result, group: Group) -> list[int]:
    """Return the positions of the sites that answered both at first and now: the ones behind a change."""
    means = result.means
    ends = [means.waves.index(result.first.id), -1] if result.first and result.answered else []
    rows = [means.sites.index(site) for site in _within(group, means.sites)]
    if not ends:
        return rows
    return [row for row in rows if (means.counts[row, ends] > 0).all()]


def _mean_cell(result: Result, group: Group, sites: list[int], wave: str) -> Cell | None:
    means = result.means
    if wave not in means.waves:
        return None
    column = means.waves.index(wave)
    counts = means.counts[sites, column] if sites else np.zeros(0, dtype=int)
    # A wave that some of the sites passed over is left out: its mean would be one of other sites.
    if not len(counts) or not (counts > 0).all():
        return None
    mean = float(np.average(means.means[sites, column], weights=_shares(result, group, sites)))
    return Cell(mean, int(counts.sum()), organisations=result.organisations, bounds=POINTS)


def _shares(result: Result, group: Group, sites: list[int]) -> list[float]:
    """Return the weights of sites in a mean: those of the change, which is then that of two means."""
    change = result.changes.get(group.id)
    if change is None:
        return [1.0] * len(sites)
    shares = dict(zip(change.sites["site"], change.sites["weight"], strict=True))
    return [float(shares[result.means.sites[site]]) for site in sites]


def _change_cells(result: Result, change: SiteChange, name: str) -> dict[str, Cell | None]:
    sites, estimate = change.sites, change.estimate
    parts = [sites] if name != DIFFERENCE else [part for _, part in sites.groupby("arm")]
    people = min(int(part[end].sum()) for part in parts for end in ("n_first", "n_last"))
    values = {"change": estimate, "low": change.conf_low, "high": change.conf_high}
    if name != DIFFERENCE:
        ends = {"first": "mean_first", "last": "mean_last"}
        values |= {e: float(np.average(sites[c], weights=sites["weight"])) for e, c in ends.items()}
    return {
        column: Cell(value, people, organisations=result.organisations, bounds=_bounds(column))
        for column, value in values.items()
        if value is not None
    }


def _bounds(column: str) -> tuple[float, float] | None:
    if column in ("first", "last"):
        return POINTS
    return POINTS_OF_CHANGE if column == "change" else None
