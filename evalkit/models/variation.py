"""What a sensitivity analysis is: from a main result to the same contrasts under another choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from evalkit.models.inference.first_stage import NumbersOf
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.plan import Analysis
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.spec import ModelSpec
from evalkit.models.study_fits import AnalysisFit, WaveChange
from evalkit.study.study import Study
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase

Key = tuple[str, ...]


@dataclass(frozen=True)
class MainResult:
    """Hold what a sensitivity analysis starts from.

    Parameters
    ----------
    found : what the analysis of the plan found.
    study, panel : the study, and the panel of the analysis' population with all its outcomes.
    rows : rows of the panel that the analysis rests on.
    spec, numbers_of : its model, and its first stage by contrast.
    flagged : DataFrame, `respondent, site, wave, instrument` of submissions that a check has flagged.
    """

    found: AnalysisFit
    study: Study
    panel: pd.DataFrame
    rows: pd.DataFrame
    spec: ModelSpec
    numbers_of: NumbersOf
    flagged: pd.DataFrame

    @property
    def analysis(self) -> Analysis:
        """Return the analysis of the plan."""
        return self.found.analysis

    @property
    def outcome(self) -> str:
        """Return the panel's column of the outcome."""
        return self.found.column

    @property
    def level(self) -> float:
        """Return the coverage of the main intervals."""
        return self.found.changes[0].found.level


@dataclass(frozen=True)
class Reestimate:
    """Hold one contrast under another choice.

    Parameters
    ----------
    contrast : what was asked.
    test : estimate and interval.
    respondents : how many people the estimate rests on; of a site left out, how many it has, if fewer.
    """

    contrast: SiteContrast
    test: SiteTest
    respondents: int


@dataclass(frozen=True)
class Variant:
    """Hold what one choice makes of the contrasts of an analysis.

    Parameters
    ----------
    name : what is chosen otherwise, in words.
    found : contrasts that have an answer under the choice.
    row : words of the line that marks the choice in a picture; variants of one line differ by `mark`.
    mark : short mark, such as a site or a number of points; None where the line says it all.
    comparable : whether it estimates what the main result does, in the same unit.
    drawn : whether it belongs in a picture of estimates: not one that is extreme by construction.
    """

    name: Phrase
    found: tuple[Reestimate, ...]
    row: Phrase
    mark: str | Number | None = None
    comparable: bool = True
    drawn: bool = True


Run = Callable[[MainResult], tuple[Variant, ...] | Phrase]


@dataclass(frozen=True)
class Sensitivity:
    """Hold a sensitivity analysis: gives variants of a main result, or says why it does not apply."""

    run: Run


def key_of(contrast: SiteContrast) -> Key:
    """Return what tells a contrast from the others of its model."""
    return (contrast.name, *contrast.arms)


def main_by_key(found: AnalysisFit) -> dict[Key, WaveChange]:
    """Return the main results by contrast."""
    return {key_of(change.contrast): change for change in found.changes}
