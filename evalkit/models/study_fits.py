"""What the analyses of a plan found, and the files that keep it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from evalkit.models.fit import Fit, records
from evalkit.models.inference.site_changes import SiteChange
from evalkit.models.plan import Analysis
from evalkit.models.planning.standing import AnalysisStanding, PlanStanding
from evalkit.problems import Problem
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase


@dataclass(frozen=True)
class WaveChange:
    """Hold the change by one wave.

    Parameters
    ----------
    wave, since : ids of the two waves.
    arm : arm whose sites changed; None for all sites, in a study of one group.
    other : arm that it is compared with, when this is a difference of changes.
    found : estimate and interval, in points of the outcome.
    """

    wave: str
    since: str
    arm: str | None
    other: str | None
    found: SiteChange


@dataclass(frozen=True)
class AnalysisFit:
    """Hold what one analysis of the plan found.

    Parameters
    ----------
    analysis : the analysis, complete with its defaults.
    column : panel column of the outcome.
    estimand : what the model is to find out, in words; None when there was nothing to fit.
    fit : the model, or None when the answers do not bear one: `problems` says why.
    changes : the changes with their intervals, wave by wave.
    problems : of the model and of the changes, each once.
    standing : whether it was planned; by default of an analysis that stands in no locked plan.
    """

    analysis: Analysis
    column: str
    estimand: Phrase | None
    fit: Fit | None
    changes: tuple[WaveChange, ...]
    problems: tuple[Problem, ...]
    standing: AnalysisStanding = field(default_factory=AnalysisStanding)


@dataclass(frozen=True)
class StudyFits:
    """Hold what every analysis of a study's plan found.

    Parameters
    ----------
    plan : how the plan stands to its locks; by default as one that was never locked.
    """

    analyses: tuple[AnalysisFit, ...]
    plan: PlanStanding = field(default_factory=PlanStanding)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the problems of all analyses; what two models of one outcome share is said once."""
        return each_once(problem for found in self.analyses for problem in found.problems)

    def change(
        self, outcome: str, wave: str, *, arm: str | None = None, other: str | None = None
    ) -> WaveChange | None:
        """Return an outcome's change by a wave, of an arm or between two arms; None when not fitted."""
        wanted = (wave, arm, other)
        for found in self.analyses:
            for change in found.changes:
                if found.analysis.outcome == outcome and (change.wave, change.arm, change.other) == wanted:
                    return change
        return None

    def table(self) -> pd.DataFrame:
        """Return all changes, one row each: analysis, what is compared, estimate, interval, sites."""
        return pd.DataFrame([row_of(found, change) for found in self.analyses for change in found.changes])


def save(fits: StudyFits, study: Study) -> None:
    """Write the fits under `out/`; raises ProblemsFound when the folder cannot be written."""
    folder, tables = study.out_folder / "fits", study.out_folder / "tables"
    with folder_faults(study.out_folder):
        folder.mkdir(parents=True, exist_ok=True)
        tables.mkdir(parents=True, exist_ok=True)
        kept = {f"{found.analysis.id}.json" for found in fits.analyses}
        for file in folder.glob("*.json"):
            if file.name not in kept:
                file.unlink()
        for found in fits.analyses:
            words = json.dumps(facts(found), ensure_ascii=False, indent=1)
            (folder / f"{found.analysis.id}.json").write_text(words, encoding="utf-8")
        fits.table().to_csv(tables / "fits.csv", index=False)


def facts(found: AnalysisFit) -> dict[str, object]:
    """Return what an analysis found as plain values, for JSON."""
    return {
        "analysis": found.analysis.model_dump(mode="json"),
        "planned": found.standing.label,
        "deviations": [change.facts() for change in found.standing.changes],
        "estimand": found.estimand.say("en") if found.estimand else None,
        "fit": found.fit.facts() if found.fit else None,
        "changes": [row_of(found, change) for change in found.changes],
        "sites": [
            {"wave": change.wave, "arm": change.arm, "sites": records(change.found.sites)}
            for change in found.changes
            if change.other is None
        ],
        "problems": [problem.facts("en") for problem in found.problems],
    }


def row_of(found: AnalysisFit, change: WaveChange) -> dict[str, object]:
    """Return a change as one row of `out/tables/fits.csv`."""
    result = change.found
    return {
        "analysis": found.analysis.id,
        "question": found.analysis.question,
        "outcome": found.analysis.outcome,
        "family": found.analysis.family,
        "since": change.since,
        "wave": change.wave,
        "arm": change.arm,
        "compared_with": change.other,
        "estimate": result.estimate,
        "std_error": result.std_error,
        "df": result.df,
        "conf_low": result.conf_low,
        "conf_high": result.conf_high,
        "level": result.level,
        "n_sites": result.n_sites,
        "method": result.method,
        "smallest_change": found.analysis.smallest_change,
        "planned": found.standing.label,
        "locked_after_data": found.standing.locked_after(change.wave),
    }


def each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without repetitions, in their order."""
    seen: list[Problem] = []
    for problem in problems:
        if problem not in seen:
            seen.append(problem)
    return tuple(seen)
