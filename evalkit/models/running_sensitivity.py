"""Ask every analysis of a plan again under other choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from evalkit.models.fitting import answers_for, spec_of
from evalkit.models.flagged import VISIT, flagged_submissions
from evalkit.models.inference.first_stage import first_stage
from evalkit.models.sensitivity_results import AnalysisSensitivity, StudySensitivity, save_sensitivity
from evalkit.models.study_fits import AnalysisFit, StudyFits
from evalkit.models.variation import MainResult, Sensitivity
from evalkit.problems import Problem
from evalkit.registry import discover
from evalkit.scores.scored_panel import build_panel
from evalkit.study.study import Study

SENSITIVITIES = "evalkit.models.sensitivity"

Progress = Callable[[str, int, int], None]


def run_sensitivity(study: Study, fits: StudyFits, *, progress: Progress | None = None) -> StudySensitivity:
    """Run every sensitivity analysis on every analysis that found something.

    Parameters
    ----------
    study : the study.
    fits : what its plan found, as `fit` gives it.
    progress : called before each step with the ids of analysis and sensitivity, how many are done, and how
        many there are.

    Returns
    -------
    The variants, also written to `out/tables/sensitivity.csv`.

    Raises
    ------
    ProblemsFound : the store cannot be read, or the folder cannot be written.

    References
    ----------
    Lee et al. 2021, Journal of Clinical Epidemiology 134:79 (a framework for missing data and sensitivity);
    Simonsohn, Simmons & Nelson 2020, Nature Human Behaviour 4:1208 (specification curves).
    """
    known: dict[str, Sensitivity] = dict(discover(SENSITIVITIES, "SENSITIVITY"))
    asked = [found for found in fits.analyses if any(c.found.estimate is not None for c in found.changes)]
    flagged = flagged_submissions(study) if asked else pd.DataFrame(columns=list(VISIT))
    panels: dict[str, pd.DataFrame] = {}
    results = []
    for place, found in enumerate(asked):
        population = found.analysis.population
        if population not in panels:
            panels[population] = build_panel(study, population)
        main = main_result(found, panels[population], study, flagged)
        tried: dict[str, Any] = {}
        for step, (name, sensitivity) in enumerate(known.items()):
            if progress is not None:
                step_id = f"{found.analysis.id} {name}"
                progress(step_id, place * len(known) + step, len(asked) * len(known))
            tried[name] = sensitivity.run(main)
        results.append(AnalysisSensitivity(found, tried))
    done = StudySensitivity(tuple(results))
    save_sensitivity(done, study)
    return done


def main_result(found: AnalysisFit, panel: pd.DataFrame, study: Study, flagged: pd.DataFrame) -> MainResult:
    """Return what sensitivity analyses of an analysis start from.

    Parameters
    ----------
    found : the analysis, with contrasts.
    panel : panel of its population.
    study : the study.
    flagged : `respondent, site, wave, instrument` of flagged submissions.
    """
    rows = answers_for(found.analysis, panel, study)
    spec = spec_of(found.analysis, rows, study)
    assert not isinstance(spec, Problem), "an analysis with contrasts lacks nothing"
    return MainResult(found, study, panel, rows, spec, first_stage(spec, study), flagged)
