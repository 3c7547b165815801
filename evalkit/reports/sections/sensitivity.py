"""Results by every method and without each site, and the other choices to hold them against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import BulletList, Figure, Paragraph, Part, Shape
from evalkit.models.planning.words import analysis_name
from evalkit.registry import discover
from evalkit.reports.contrast_picture import forest_of
from evalkit.reports.evidence import Evidence
from evalkit.reports.figures.forest import Forest
from evalkit.reports.model_table import tells_everything
from evalkit.reports.section import TECHNICAL, Section
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Language

TEXTS = "report.sensitivity"
CHOICES = "evalkit.models.sensitivity"
OWN_WORDS = re.compile(r"<title>.*?</title><desc>.*?</desc>", re.DOTALL)


@dataclass(frozen=True)
class ForestFigure:
    """Draw a forest for a document, which brings the title and the description itself."""

    forest: Forest

    def __call__(self, table: DisclosedTable, lang: Language, shape: Shape) -> str:
        """Return the SVG."""
        return OWN_WORDS.sub("", self.forest(table, lang, shape), count=1)


def _build(evidence: Evidence) -> Part | None:
    if evidence.is_first:
        return None
    names = sorted(discover(CHOICES, "SENSITIVITY"))
    points = tuple((_say("choice", name=phrase(f"sensitivity.{name}.title")),) for name in names)
    opening = Paragraph((_say("asked_again"), _say("command"), _say("where")))
    return Part("sensitivity", _say("title"), (*_forests(evidence), opening, BulletList(points)))


def _forests(evidence: Evidence) -> Iterator[Figure]:
    """Give the forest of each primary comparison of this year, where the year hides nothing of it."""
    for fit in evidence.fits:
        primary = fit.analysis.family == "primary"
        if not primary or not tells_everything(evidence, fit.analysis.outcome):
            continue
        for change in fit.changes:
            drawn = forest_of(fit, change, evidence.study)
            if change.wave != evidence.wave.id or not change.contrast.compares or drawn is None:
                continue
            forest, table = drawn
            name = analysis_name(evidence.study, fit.analysis.outcome, fit.analysis.question)
            yield Figure(
                f"figure-forest-{fit.analysis.id}",
                table,
                ForestFigure(forest),
                _say("forest", name=name),
                (forest.alt,),
                (_say("forest_caption"),),
            )


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("sensitivity", 68, _build, TECHNICAL)
