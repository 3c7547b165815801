"""Means, spread and reliability of every scale, wave by wave, and their tables on disk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evalkit.instruments.instrument import Instrument, Scale
from evalkit.scores.reliability import Alpha, cronbach_alpha
from evalkit.scores.scored_panel import build_panel
from evalkit.scores.scoring import turned_answers
from evalkit.study.study import Study

REPORT = "scores.csv"
PANEL = "panel-{population}.csv"


def report_scores(study: Study) -> pd.DataFrame:
    """Describe every scale in every wave.

    Returns
    -------
    DataFrame, one row a scale and wave with answers: `instrument, scale, wave, n, mean, sd, alpha,
    alpha_low, alpha_high, alpha_n`. Alpha stands for reflective scales only, from complete rows.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    rows = [row for population in study.file.populations for row in _rows(study, population)]
    columns = [
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
    ]
    return pd.DataFrame(rows, columns=columns)


def write_scores(study: Study) -> list[Path]:
    """Write the scored panel of each population and the table of scales to `out/tables/`.

    Returns
    -------
    The files. They hold codes and answers, no name and no free text: they are for the evaluators.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    folder = study.out_folder / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / REPORT]
    report_scores(study).to_csv(written[0], index=False)
    for population in study.file.populations:
        panel = build_panel(study, population)
        if len(panel):
            written.append(folder / PANEL.format(population=population))
            panel.to_csv(written[-1], index=False)
    return written


def _rows(study: Study, population: str) -> list[dict[str, object]]:
    forms = [form for form in study.instruments.values() if form.population == population and form.scales]
    if not forms:
        return []
    panel = build_panel(study, population)
    return [
        _row(panel[(panel["wave"] == wave.id) & (panel["instrument"] == form.id)], form, scale, wave.id)
        for form in forms
        for scale in form.scales
        for wave in study.waves
        if panel.loc[panel["wave"] == wave.id, scale.id].notna().any()
    ]


def _row(part: pd.DataFrame, form: Instrument, scale: Scale, wave: str) -> dict[str, object]:
    scores = part[scale.id].dropna()
    nothing = Alpha(float("nan"), float("nan"), float("nan"), 0, len(scale.items))
    alpha = cronbach_alpha(turned_answers(part, form, scale)) if scale.has_alpha else nothing
    return {
        "instrument": form.id,
        "scale": scale.id,
        "wave": wave,
        "n": len(scores),
        "mean": scores.mean(),
        "sd": scores.std(),
        "alpha": alpha.estimate,
        "alpha_low": alpha.conf_low,
        "alpha_high": alpha.conf_high,
        "alpha_n": alpha.n,
    }
