"""The panel with its scales scored: what every analysis starts from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.panel.panel import Panel, join_waves
from evalkit.responses.answer_table import REASONS
from evalkit.scores.scoring import score
from evalkit.study.study import Study

N_ANSWERED = "{scale}_n"
REASON = "{item}_reason"


def build_panel(
    study: Study, population: str, reasons: bool = False, *, strict: bool = False
) -> pd.DataFrame:
    """Build the long table of a population: one row a respondent, wave and questionnaire.

    Parameters
    ----------
    study : the study.
    population : id under `populations`, such as `resident`.
    reasons : whether to add a column `item_reason` for each item: why an answer is absent.
    strict : whether scales ask for at least four fifths of their items.

    Returns
    -------
    DataFrame by respondent, wave and site, with respondent, site, wave, arm, time (years from the first
    wave's field midpoint), exposure (years since the site started; missing if never), language, mode,
    instrument and version, then items, then scales by id, then `scale_n`, the number of items answered.
    No name, no free text. A scale that two questionnaires have is one column.

    Raises
    ------
    ProblemsFound : an unknown population; two columns of one name; the store cannot be read.
    """
    panel = join_waves(study, population)
    parts = [panel.frame, *_scored(panel, strict=strict)]
    if reasons:
        parts.append(_named(panel.reasons))
    return pd.concat(parts, axis=1)


def _scored(panel: Panel, *, strict: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scores and the numbers of answered items, one column a scale, over all rows."""
    frame, count = panel.frame, len(panel.frame)
    scores: dict[str, npt.NDArray[np.float64]] = {}
    answered: dict[str, npt.NDArray[np.int16]] = {}
    for form in panel.instruments:
        rows = (frame["instrument"] == form.id).to_numpy(dtype=bool)
        needed = dict.fromkeys(item for scale in form.scales for item in scale.items)
        found = score(frame.loc[rows, list(needed)], form, strict=strict)
        for scale in form.scales:
            column = scores.setdefault(scale.id, np.full(count, np.nan))
            column[rows] = found.values[scale.id].to_numpy()
            number = answered.setdefault(N_ANSWERED.format(scale=scale.id), np.zeros(count, dtype=np.int16))
            number[rows] = found.n_answered[scale.id].to_numpy()
    return pd.DataFrame(scores, index=frame.index), pd.DataFrame(answered, index=frame.index)


def _named(reasons: pd.DataFrame) -> pd.DataFrame:
    """Return the reasons as categories, missing where there is an answer."""
    words = pd.Index(list[str](REASONS))
    named = {
        REASON.format(item=item): pd.Categorical.from_codes(codes.to_numpy() - 1, categories=words)
        for item, codes in reasons.items()
    }
    return pd.DataFrame(named, index=reasons.index)
