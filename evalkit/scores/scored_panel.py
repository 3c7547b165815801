"""The panel with its scales scored: what every analysis starts from."""

from __future__ import annotations

import pandas as pd

from evalkit.instruments.instrument import Instrument
from evalkit.panel.panel import join_waves
from evalkit.scores.scoring import Scores, score
from evalkit.study.study import Study

N_ANSWERED = "{scale}_n"
REASON = "{item}_reason"


def build_panel(
    study: Study, population: str, reasons: bool = False, *, strict: bool = False
) -> pd.DataFrame:
    """Build the long table of a population: one row a respondent and wave.

    Parameters
    ----------
    study : the study.
    population : id under `populations`, such as `resident`.
    reasons : whether to add a column `item_reason` for each item: why an answer is absent.
    strict : whether scales ask for at least four fifths of their items.

    Returns
    -------
    DataFrame with `respondent, site, wave, arm, time` (years from the first wave's field midpoint),
    `exposure` (years since the site started; missing if never), `language, mode, instrument, version`,
    then items, then scales by id, then `scale_n`, the number of items answered. No name, no free text.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    panel = join_waves(study, population)
    scored = [_scores_of(panel.frame, form, strict) for form in panel.instruments if form.scales]
    parts = [panel.frame, *(part for pair in scored for part in pair)]
    if reasons:
        parts.append(panel.reasons.rename(columns=lambda item: REASON.format(item=item)))
    return pd.concat(parts, axis=1)


def _scores_of(frame: pd.DataFrame, form: Instrument, strict: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scores of a questionnaire's scales over all rows; missing where another was answered."""
    rows = frame["instrument"] == form.id
    scores: Scores = score(frame[rows], form, strict=strict)
    counts = scores.n_answered.rename(columns=lambda scale: N_ANSWERED.format(scale=scale))
    return scores.values.reindex(frame.index), counts.reindex(frame.index)
