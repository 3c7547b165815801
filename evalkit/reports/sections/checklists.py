"""Where this document answers each item of the checklists that reviewers use."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Block, BulletList, Heading, Paragraph, Part, Words
from evalkit.reports.checklist import Checklist, ChecklistItem, checklists_for
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import TECHNICAL, Section
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.checklists"
# Sections that stay silent where a study has nothing for them: their items are then for the evaluators.
ONLY_LATER = frozenset(("models", "sensitivity", "outcomes", "comparison", "certainty"))


def _build(evidence: Evidence) -> Part | None:
    blocks = tuple(block for one in checklists_for(evidence.study) for block in _blocks(one, evidence))
    if not blocks:
        return None
    return Part("checklists", _say("title"), (Paragraph((_say("own_words"),)), *blocks))


def _blocks(one: Checklist, evidence: Evidence) -> Iterator[Block]:
    yield Heading(text_of(one.title))
    yield Paragraph((_say("source", cite=text_of(one.cite)),), "note")
    yield BulletList(tuple(tuple(_item(item, evidence)) for item in one.items))


def _item(item: ChecklistItem, evidence: Evidence) -> Iterator[Words]:
    yield _say("item", number=str(item.number), topic=item.topic)
    if item.where is None or not _stands(item.where, evidence):
        yield _say("to_write")
    else:
        yield _say("see", section=phrase(f"report.{item.where}.title"))


def _stands(section: str, evidence: Evidence) -> bool:
    """Tell whether a section says something in this document."""
    if section == "site_log":
        kinds = {
            evidence.study.instruments[name].kind for wave in evidence.waves for name in wave.instruments
        }
        return "events" in kinds
    if section == "comparison" and evidence.groups.comparison is None:
        return False
    return not (evidence.is_first and section in ONLY_LATER)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("checklists", 90, _build, TECHNICAL)
