"""Means, spread and reliability of every scale, wave by wave, and their tables on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit.instruments.instrument import Instrument, Scale
from evalkit.scores.reliability import Alpha, cronbach_alpha
from evalkit.scores.scored_panel import build_panel
from evalkit.scores.scoring import turned_answers
from evalkit.study.folder import folder_faults
from evalkit.study.study import Study

TABLE = "scores.csv"
PANEL = "panel-{population}.csv"
COLUMNS = (
    "instrument",
    "scale",
    "wave",
    "n",
    "mean",
    "sd",
    "alpha",
    "alpha_low",
    "alpha_high",
    "alpha_n",
)


@dataclass(frozen=True)
class ScoreReport:
    """Hold what a scoring found. It is for the evaluators: nothing in it is suppressed.

    Parameters
    ----------
    scales : DataFrame, one row a scale and wave with scores: `instrument, scale, wave, n, mean, sd` (in
        the unit of the scale), `alpha, alpha_low, alpha_high, alpha_n`. Alpha stands where the scale
        asks for it, from complete rows.
    panels : the scored panel of each population that has answers.
    few : scales and waves with fewer respondents than the disclosure rule asks for.
    """

    scales: pd.DataFrame
    panels: Mapping[str, pd.DataFrame]
    few: int


def score_study(study: Study) -> ScoreReport:
    """Score and describe every scale in every wave.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    built = {population: build_panel(study, population) for population in study.file.populations}
    panels = {population: panel for population, panel in built.items() if len(panel)}
    rows = [row for population, panel in panels.items() for row in _rows(study, population, panel)]
    scales = pd.DataFrame(rows, columns=list(COLUMNS))
    few = int((scales["n"] < study.file.disclosure.min_respondents).sum())
    return ScoreReport(scales, panels, few)


def write_scores(study: Study, report: ScoreReport | None = None) -> list[Path]:
    """Write the scored panel of each population and the table of scales to `out/tables/`.

    Parameters
    ----------
    report : what a scoring found, when it was done already.

    Returns
    -------
    The files. They hold codes and answers, no name and no free text: they are for the evaluators.

    Raises
    ------
    ProblemsFound : the store cannot be read; the folder cannot be written.
    """
    found = report or score_study(study)
    folder = study.out_folder / "tables"
    tables = {TABLE: found.scales}
    tables |= {PANEL.format(population=name): panel for name, panel in found.panels.items()}
    with folder_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            table.to_csv(folder / name, index=False)
    return [folder / name for name in tables]


def _rows(study: Study, population: str, panel: pd.DataFrame) -> Iterator[dict[str, object]]:
    for form in study.instruments.values():
        if form.population != population or not form.scales:
            continue
        answers = panel[panel["instrument"] == form.id]
        for scale in form.scales:
            by_wave = answers.groupby("wave", observed=True)
            yield from (
                _row(part, form, scale, str(wave))
                for wave, part in by_wave[[*scale.items, scale.id]]
                if part[scale.id].notna().any()
            )


def _row(part: pd.DataFrame, form: Instrument, scale: Scale, wave: str) -> dict[str, object]:
    scores = part[scale.id].dropna()
    nothing = Alpha(np.nan, np.nan, np.nan, 0, len(scale.items))
    alpha = cronbach_alpha(turned_answers(part, form, scale)) if scale.has_alpha else nothing
    found = (form.id, scale.id, wave, len(scores), scores.mean(), scores.std())
    reliability = (alpha.estimate, alpha.conf_low, alpha.conf_high, alpha.n)
    return dict(zip(COLUMNS, (*found, *reliability), strict=True))
