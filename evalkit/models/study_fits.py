"""What the analyses of a plan found, and the files that keep it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from evalkit.models.equivalence import equivalence
from evalkit.models.fit import Fit, records
from evalkit.models.inference.agreement import agreement
from evalkit.models.inference.beside import Beside
from evalkit.models.inference.site_changes import SiteChange
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.multiplicity import UNADJUSTED, adjusted_by_family
from evalkit.models.plan import Analysis
from evalkit.models.planning.standing import AnalysisStanding, PlanStanding
from evalkit.models.site_contrast import SiteContrast
from evalkit.problems import Problem
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase


@dataclass(frozen=True)
class WaveChange:
    """Hold what was found of one contrast between sites.

    Parameters
    ----------
    contrast : what was asked.
    found : estimate and intervals, in units of the outcome.
    beside : the same by other methods, and without each site.
    cautions : what is refused and warned of.
    """

    contrast: SiteContrast
    found: SiteChange
    beside: Beside
    cautions: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return all that must be known of the contrast."""
        return (*self.found.problems, *self.cautions)

    @property
    def agreement(self) -> tuple[Phrase, ...]:
        """Return whether the methods agree, in words."""
        return agreement(self.beside.default, self.beside.others, level=self.found.level)

    @property
    def name(self) -> str:
        """Return the short name of the contrast."""
        return self.contrast.name

    @property
    def wave(self) -> str:
        """Return the last wave of the contrast."""
        return self.contrast.wave

    @property
    def since(self) -> str:
        """Return the wave that the last one is compared with."""
        return self.contrast.since

    @property
    def arm(self) -> str | None:
        """Return the arm whose sites changed; None for all sites, in a study of one group."""
        return self.contrast.arms[0] if self.contrast.arms else None

    @property
    def other(self) -> str | None:
        """Return the arm that it is compared with, when this is a difference of changes."""
        return self.contrast.arms[1] if len(self.contrast.arms) > 1 else None


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
    terms : terms of the model that answer by themselves, about residents.
    means : DataFrame of `means_by_arm`, one row an arm and wave.
    baseline_sd : standard deviation of residents within sites in the first wave: the divisor of `glass`.
    """

    analysis: Analysis
    column: str
    estimand: Phrase | None
    fit: Fit | None
    changes: tuple[WaveChange, ...]
    problems: tuple[Problem, ...]
    standing: AnalysisStanding = field(default_factory=AnalysisStanding)
    terms: tuple[str, ...] = ()
    means: pd.DataFrame = field(default_factory=pd.DataFrame)
    baseline_sd: float | None = None


@dataclass(frozen=True)
class StudyFits:
    """Hold what every analysis of a study's plan found.

    Parameters
    ----------
    plan : how the plan stands to its locks; by default as one that was never locked.
    unfinished : families of which the plan has analyses that are not among these.
    """

    analyses: tuple[AnalysisFit, ...]
    plan: PlanStanding = field(default_factory=PlanStanding)
    unfinished: frozenset[str] = frozenset()

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
        """Return all changes, one row each: analysis, what is compared, estimate, interval, sites.

        `p_adjusted` is Holm's p-value within the family; exploratory tests have none, nor has a family of
        which only a part was fitted.
        """
        rows = [row_of(found, change) for found in self.analyses for change in found.changes]
        if not rows:
            return pd.DataFrame()
        table = pd.DataFrame(rows)
        families = [UNADJUSTED if name in self.unfinished else name for name in table["family"]]
        adjusted = adjusted_by_family(table["p_value"].to_numpy(dtype=float), families)
        table.insert(list(table).index("p_value") + 1, "p_adjusted", adjusted)
        return table

    def means(self) -> pd.DataFrame:
        """Return means by arm and wave of all analyses, one row each."""
        tables = [
            found.means.assign(analysis=found.analysis.id, outcome=found.analysis.outcome)
            for found in self.analyses
            if len(found.means)
        ]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def methods(self) -> pd.DataFrame:
        """Return every contrast by every method and without each site, one row each."""
        return pd.DataFrame(
            [
                _named(found, change) | row
                for found in self.analyses
                for change in found.changes
                for row in method_rows(change.beside)
            ]
        )


METHOD_COLUMNS = (
    "method",
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
    "smallest_p",
    "n_sites",
)


def save(fits: StudyFits, study: Study, *, whole: bool = True) -> None:
    """Write the fits under `out/`; those of analyses no longer planned go when this is the whole plan.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    folder, tables = study.out_folder / "fits", study.out_folder / "tables"
    with folder_faults(study.out_folder):
        folder.mkdir(parents=True, exist_ok=True)
        tables.mkdir(parents=True, exist_ok=True)
        kept = {f"{found.analysis.id}.json" for found in fits.analyses}
        for file in folder.glob("*.json"):
            if whole and file.name not in kept:
                file.unlink()
        for found in fits.analyses:
            words = json.dumps(facts(found), ensure_ascii=False, indent=1)
            (folder / f"{found.analysis.id}.json").write_text(words, encoding="utf-8")
        fits.table().to_csv(tables / "fits.csv", index=False)
        fits.methods().to_csv(tables / "methods.csv", index=False)
        fits.means().to_csv(tables / "means.csv", index=False)


def facts(found: AnalysisFit) -> dict[str, object]:
    """Return what an analysis found as plain values, for JSON."""
    return {
        "analysis": found.analysis.model_dump(mode="json"),
        "planned": found.standing.label,
        "deviations": [change.facts() for change in found.standing.changes],
        "estimand": found.estimand.say("en") if found.estimand else None,
        "fit": found.fit.facts() if found.fit else None,
        "changes": [
            row_of(found, change)
            | {
                "methods": method_rows(change.beside),
                "agreement": [said.say("en") for said in change.agreement],
                "problems": [problem.facts("en") for problem in change.problems],
            }
            for change in found.changes
        ],
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
    return _named(found, change) | {
        "estimate": result.estimate,
        "std_error": result.std_error,
        "df": result.df,
        "p_value": result.p_value,
        "conf_low": result.conf_low,
        "conf_high": result.conf_high,
        "these_low": result.these_low,
        "these_high": result.these_high,
        "level": result.level,
        "n_sites": result.n_sites,
        "method": result.method,
        "smallest_change": found.analysis.smallest_change,
        **_against_band(found, change),
        "baseline_sd": found.baseline_sd,
        "glass": _glass(found, change),
        "planned": found.standing.label,
        "locked_after_data": found.standing.locked_after(change.wave),
    }


def method_rows(found: Beside) -> list[dict[str, object]]:
    """Return the default, what stands beside it, and the default without each site, one row each."""
    rows: list[dict[str, object]] = [_method_row(found.default, None)]
    rows += [_method_row(test, None) for test in found.others]
    without = found.without.without if found.without is not None else {}
    return rows + [_method_row(test, site) for site, test in without.items()]


def _glass(found: AnalysisFit, change: WaveChange) -> float | None:
    """Return the estimate in standard deviations of the baseline."""
    if found.baseline_sd is None or change.found.estimate is None:
        return None
    return change.found.estimate / found.baseline_sd


def _against_band(found: AnalysisFit, change: WaveChange) -> dict[str, object]:
    """Return where an interval lies beside the band of no interest, and the p-value of equivalence."""
    result, band = change.found, found.analysis.smallest_change
    empty: dict[str, object] = {"placement": None, "p_equivalence": None}
    if band is None or not band or result.estimate is None or not result.std_error or result.df is None:
        return empty
    tested = equivalence(result.estimate, result.std_error, result.df, band, level=result.level)
    return {"placement": tested.placement, "p_equivalence": tested.p_value}


def _method_row(test: SiteTest, site: str | None) -> dict[str, object]:
    return {name: getattr(test, name) for name in METHOD_COLUMNS} | {"without_site": site}


def _named(found: AnalysisFit, change: WaveChange) -> dict[str, object]:
    return {
        "analysis": found.analysis.id,
        "question": found.analysis.question,
        "outcome": found.analysis.outcome,
        "family": found.analysis.family,
        "contrast": change.name,
        "since": change.since,
        "wave": change.wave,
        "arm": change.arm,
        "compared_with": change.other,
    }


def each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems without repetitions, in their order."""
    seen: list[Problem] = []
    for problem in problems:
        if problem not in seen:
            seen.append(problem)
    return tuple(seen)
