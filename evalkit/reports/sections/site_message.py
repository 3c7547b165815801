"""At one site: what changed there, and why one site cannot tell more."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import BulletList, Callout, KeyFacts, Paragraph, Part, Words
from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focus_of, focused_with
from evalkit.reports.key_facts import key_fact
from evalkit.reports.main_points import SEEN, clear_change
from evalkit.reports.section import SITE, Section
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.site_message"


def _build(evidence: Evidence) -> Part:
    focus = focus_of(evidence)
    if all(focus.verdict(outcome) in ("hidden", "not_asked") for outcome in evidence.outcomes):
        return Part("site-message", _say("title"), (_few(evidence),))
    callout = Callout(_say("callout"), (BulletList(tuple(_points(evidence))),))
    facts = KeyFacts(tuple(key_fact(evidence, outcome) for outcome in evidence.outcomes))
    return Part("site-message", _say("title"), (callout, facts))


def _few(evidence: Evidence) -> Callout:
    """Say kindly that nothing of this site may be shown, and what stands."""
    least = evidence.study.file.disclosure.min_respondents
    said = (_say("few"), _say("few_why", least=least), _say("few_count"))
    return Callout(_say("few_title"), (Paragraph(said),))


def _points(evidence: Evidence) -> Iterator[tuple[Words, ...]]:
    if focused_with(evidence, "first"):
        yield (_say("first"),)
    for outcome in focused_with(evidence, "up", "down"):
        yield clear_change(evidence, outcome)
    if focused_with(evidence, "unclear"):
        yield (_say("early" if evidence.is_early else "unclear"), _say("unclear_why"))
    if focused_with(evidence, "hidden"):
        yield (_say("hidden"),)
    if focused_with(evidence, *SEEN):
        yield (_say("alone"), _say("alone_why"))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-message", 12, _build, scopes=SITE)
