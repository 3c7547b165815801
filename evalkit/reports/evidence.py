"""Everything that a report may draw on: disclosed tables and what they allow to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from evalkit.disclosure import DisclosedTable, slice_of
from evalkit.models.fitting import carried_out, fit_analysis
from evalkit.models.plan import Analysis, Plan, read_plan
from evalkit.models.planning.standing import PlanStanding, plan_standing
from evalkit.models.study_fits import AnalysisFit
from evalkit.problems import Problem
from evalkit.reports.additions import Additions, read_additions
from evalkit.reports.arms import Group, Groups, groups_of
from evalkit.reports.disclosing import disclosed_tables
from evalkit.reports.measure_table import measure_table
from evalkit.reports.results import DIFFERENCE, results_of, row_of
from evalkit.reports.site_results import site_verdicts
from evalkit.reports.verdicts import Verdict, verdict_in
from evalkit.study.site import Site
from evalkit.study.study import Outcome, Study
from evalkit.study.wave import Wave

DAYS_A_YEAR = 365.25
EARLY_YEARS = 3  # networks around public housing bear fruit in about ten years; under three, unclear is early


@dataclass(frozen=True)
class Evidence:
    """Hold the results of a study up to a wave. Sections read this and nothing else.

    Parameters
    ----------
    study : the study.
    wave : the wave that the report tells of; later waves do not exist here.
    waves : all waves up to this one.
    groups : which sites are set against which.
    bands : the smallest change that counts, by outcome, in points.
    firsts : the wave since which each outcome is followed, by outcome; None when never answered.
    answered : rows are waves; columns `answered`, `again`, `new`, `kept`, `lost`, in people.
    by_site : rows are sites and `all`; columns `households`, the first wave and this one, in households and
        people.
    scores : rows `outcome/group`, columns wave ids; mean scores in points.
    changes : rows `outcome/group` and `outcome/difference`; columns `first`, `last`, `change`, `low`, `high`.
    verdicts : what each row of `changes` allows to say.
    fits : what each analysis of the plan found, of the populations at hand; none at a first wave.
    plan : how the plan, and what was computed by it, stands to its locks.
    site_changes : rows `outcome/at:site`, columns as in `changes`.
    site_verdicts : what each row of `site_changes` allows to say.
    additions : what people have written for the reports of this study.
    site : the site whose own pages are built; None for those of the whole study.
    tables : every disclosed table by name, those above and `site_scores`; a page takes a `slice_of` one.
    """

    study: Study
    wave: Wave
    waves: tuple[Wave, ...]
    groups: Groups
    bands: Mapping[str, float]
    firsts: Mapping[str, Wave | None]
    answered: DisclosedTable
    by_site: DisclosedTable
    scores: DisclosedTable
    changes: DisclosedTable
    verdicts: Mapping[str, Verdict]
    fits: tuple[AnalysisFit, ...]
    plan: PlanStanding
    tables: Mapping[str, DisclosedTable]
    site_changes: DisclosedTable
    site_verdicts: Mapping[str, Verdict]
    additions: Additions
    site: Site | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return the outcomes in the order of the study."""
        return self.study.outcomes

    @property
    def first(self) -> Wave:
        """Return the first wave of the study."""
        return self.waves[0]

    @property
    def is_first(self) -> bool:
        """Tell whether there is nothing yet to compare this wave with."""
        return len(self.waves) == 1

    @property
    def years_running(self) -> float | None:
        """Return the years since the start at the sites of the page; None when it never started."""
        sites = self.groups.main.sites if self.site is None else (self.site.id,)
        started = [self.study.sites_by_id[site].started for site in sites]
        days = [(self.wave.midpoint - day).days for day in started if day is not None]
        return max(days) / DAYS_A_YEAR if days else None

    @property
    def is_early(self) -> bool:
        """Tell whether the intervention is too young to be judged by a change that is not clear."""
        return self.years_running is not None and self.years_running < EARLY_YEARS

    @property
    def cautions(self) -> tuple[Problem, ...]:
        """Return what must be known before results are believed: of each kind and outcome the newest."""
        found: dict[tuple[str, str, str | None], Problem] = {}
        for fit in self.fits:
            for problem in fit.problems:
                found[problem.code, str(problem.values.get("outcome")), problem.where.site] = problem
        return tuple(found.values())

    def verdict(self, outcome: Outcome, group: Group | str) -> Verdict:
        """Return what may be said of an outcome in a group, or of `DIFFERENCE`."""
        return self.verdicts[row_of(outcome.id, group if isinstance(group, str) else group.id)]

    def at(self, site: Site | None) -> Evidence:
        """Return the same evidence, for the pages of a site or, with None, of the whole study."""
        return replace(self, site=site)

    def outcomes_with(self, *verdicts: Verdict, group: Group | str | None = None) -> tuple[Outcome, ...]:
        """Return the outcomes of which one of `verdicts` holds, by default in the group of interest."""
        chosen = self.groups.main if group is None else group
        return tuple(o for o in self.outcomes if self.verdict(o, chosen) in verdicts)


def gather(study: Study, wave: Wave, panels: Mapping[str, pd.DataFrame]) -> Evidence:
    """Compute and disclose everything that the report of a wave may say.

    Parameters
    ----------
    study : the study.
    wave : the wave to report; answers of later waves are left out.
    panels : scored panel of each population that an outcome is asked of.

    Returns
    -------
    The evidence.
    """
    waves = study.waves[: study.waves.index(wave) + 1]
    known = {w.id for w in waves}
    # Sorted, so that sums do not depend on the order of rows in their last digits.
    past = {
        name: panel[panel["wave"].isin(known)].sort_values(["wave", "respondent", "site"], kind="stable")
        for name, panel in panels.items()
    }
    groups, plan = groups_of(study), read_plan(study)
    results = results_of(study, waves, groups, past)
    people = past[study.population_of(study.outcomes[0].scale.split(".")[0])]
    tables = {**disclosed_tables(study, waves, people, results, groups), **measure_table(study, wave, past)}
    changes = tables["changes"]
    verdicts: dict[str, Verdict] = {}
    for result in results:
        for name in (*(group.id for group in groups.all), DIFFERENCE):
            row = row_of(result.outcome.id, name)
            verdicts[row] = verdict_in(changes, row, result.band) if result.answered else "not_asked"
    return Evidence(
        study,
        wave,
        waves,
        groups,
        {result.outcome.id: result.band for result in results},
        {result.outcome.id: result.first for result in results},
        tables["answered"],
        slice_of(tables["answered_by_site"], columns=["households", *dict.fromkeys((waves[0].id, wave.id))]),
        tables["scores"],
        changes,
        verdicts,
        _fits(study, plan, past) if len(waves) > 1 else (),
        plan_standing(study, plan).as_computed(plan, _as_shown),
        tables,
        tables["site_changes"],
        site_verdicts(study, results, tables["site_changes"]),
        read_additions(study),
    )


def _fits(study: Study, plan: Plan, panels: Mapping[str, pd.DataFrame]) -> tuple[AnalysisFit, ...]:
    """Fit the plan, the analyses of primary outcomes first."""
    order = {"primary": 0, "secondary": 1}
    planned = sorted(plan.analyses, key=lambda analysis: order.get(analysis.family or "", 2))
    return tuple(
        fit_analysis(analysis, panels[analysis.population], study)
        for analysis in planned
        if analysis.population in panels
    )


def _as_shown(analysis: Analysis) -> Analysis:
    """Return an analysis as the results of a report are computed: of everyone who answered."""
    return carried_out(analysis).model_copy(update={"who": "all", "options": {}})
