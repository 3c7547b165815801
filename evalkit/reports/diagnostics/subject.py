"""What a page of diagnostics is about: a study, one of its fits, and the fit's diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.disclosure import Cell, DisclosedTable, Spot, disclose
from evalkit.documents.blocks import Words
from evalkit.models.diagnosing import Diagnostics
from evalkit.models.diagnostics.time_shape import WHOLE
from evalkit.models.fit import Fit
from evalkit.models.plan import Analysis, outcome_of
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text, text_of


@dataclass(frozen=True)
class Subject:
    """Hold what the parts of a page draw on.

    Parameters
    ----------
    analysis : of the plan. fit : its model. found : what the diagnostics say of it.
    """

    study: Study
    analysis: Analysis
    fit: Fit
    found: Diagnostics

    @property
    def outcome(self) -> Text:
        """Return the name of the outcome."""
        return outcome_of(self.analysis, self.study).name

    def name(self, role: str, label: str) -> Words:
        """Return what pages call a site, a wave or an arm; a label unknown to the study stands as it is."""
        if role == "site" and label in self.study.sites_by_id:
            return self.study.sites_by_id[label].name
        if role == "wave" and label in self.study.waves_by_id:
            wave = self.study.waves_by_id[label]
            return wave.name or text_of(str(wave.year))
        if role == "arm":
            return words("everyone") if label == WHOLE else self.study.arm_name(label)
        return text_of(label)

    def disclosed(self, name: str, cells: Mapping[Spot, Cell | None]) -> DisclosedTable:
        """Return cells as a table that may be shared, rows and columns in the order of the cells."""
        rows, columns = (list(dict.fromkeys(spot[k] for spot in cells)) for k in (0, 1))
        return disclose(name, cells, self.study.file.disclosure, rows=rows, columns=columns)


def words(key: str, **values: object) -> Phrase:
    """Return a phrase of the page."""
    return phrase(f"diagnostics.{key}", **values)
