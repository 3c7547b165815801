"""Who was counted in each wave: homes, first answers, those who came back and those who did not."""

from __future__ import annotations

from evalkit.documents.blocks import Column, Paragraph, Part, Table, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import year
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.flow"
COLUMNS = ("answered", "again", "new", "kept", "lost")


def _build(evidence: Evidence) -> Part:
    names: dict[str, Words] = {wave.id: text_of(year(wave.year)) for wave in evidence.waves}
    columns = tuple(Column(name, _say(name), 0) for name in COLUMNS if name in evidence.answered.columns)
    said: list[Words] = [_say("again_means"), _say("lost_means"), _say("likelihood")]
    table = Table(evidence.answered, _say("caption"), _say("corner"), names, columns)
    return Part("flow", _say("title"), (Paragraph((_say("counted"), *said)), table))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("flow", 21, _build, TECHNICAL)
