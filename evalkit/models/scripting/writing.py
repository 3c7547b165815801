"""Write the scripts of a study's fits under `out/fits/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from evalkit.models.fitting import answers_for, spec_of
from evalkit.models.random_by_hand import random_by_hand
from evalkit.models.scripting.r_script import r_script
from evalkit.models.study_fits import StudyFits
from evalkit.problems import Problem
from evalkit.scores.scored_panel import build_panel
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study


def write_r_scripts(
    fits: StudyFits, study: Study, panels: Mapping[str, pd.DataFrame] | None = None
) -> tuple[Path, ...]:
    """Write an R script for each analysis that was fitted, beside its JSON, with the tables that it reads.

    Parameters
    ----------
    fits : of the study.
    study : the study.
    panels : scored panel of each population, when already at hand.

    Returns
    -------
    The scripts.

    Raises
    ------
    ProblemsFound : the folder cannot be written.
    """
    known = dict(panels or {})
    written = []
    for found in fits.analyses:
        analysis = found.analysis
        if analysis.population not in known:
            known[analysis.population] = build_panel(study, analysis.population)
        spec = spec_of(analysis, answers_for(analysis, known[analysis.population], study), study)
        if isinstance(spec, Problem):
            continue
        if analysis.random is not None:
            spec = replace(spec, random=random_by_hand(analysis.random, spec))
        script = r_script(analysis.id, spec, found.fit, found.changes, study)
        folder = study.out_folder / "fits"
        with folder_faults(study.out_folder):
            folder.mkdir(parents=True, exist_ok=True)
            for ending, table in script.tables.items():
                table.to_csv(folder / f"{analysis.id}-{ending}.csv", index=False)
            path = folder / f"{analysis.id}.R"
            path.write_text(script.text, encoding="utf-8")
        written.append(path)
    return tuple(written)
