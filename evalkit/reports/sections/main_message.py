"""In short: what changed, how sure that is, and compared with what."""

from __future__ import annotations

from evalkit.documents.blocks import BulletList, Callout, KeyFacts, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.key_facts import key_fact
from evalkit.reports.main_points import points_compared, points_of_changes, whose
from evalkit.reports.outlook import points_of_outlook
from evalkit.reports.section import Section
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.main_message"


def _build(evidence: Evidence) -> Part:
    points = (
        *whose(evidence),
        *points_of_changes(evidence),
        *points_of_outlook(evidence),
        *points_compared(evidence),
    )
    callout = Callout(_say("callout"), (BulletList(points),))
    facts = tuple(key_fact(evidence, outcome) for outcome in evidence.outcomes)
    return Part("main-message", _say("title"), (callout, KeyFacts(facts)))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("main-message", 10, _build, frozenset(("partners", "technical")))
