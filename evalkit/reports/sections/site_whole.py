"""Beside one site: what stands for the sites of its group together."""

from __future__ import annotations

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.reports.arms import Group
from evalkit.reports.evidence import Evidence
from evalkit.reports.results import row_of
from evalkit.reports.section import SITE, Section
from evalkit.reports.wording import range_of, score_of, verdict_words
from evalkit.study.study import Outcome
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.site_whole"


def _build(evidence: Evidence) -> Part | None:
    groups = evidence.groups
    of_site = [group for group in groups.all if evidence.site is not None and evidence.site.id in group.sites]
    if not of_site:
        return None
    group = of_site[0]
    points = BulletList(tuple(_point(evidence, outcome, group) for outcome in evidence.outcomes))
    title = _say("title") if len(groups.all) == 1 else _say("title_group", group=group.name)
    return Part("site-whole", title, (points,))


def _point(evidence: Evidence, outcome: Outcome, group: Group) -> tuple[Words, ...]:
    row, words = row_of(outcome.id, group.id), verdict_words(evidence, evidence.verdict(outcome, group))
    now = evidence.scores.number(row, evidence.wave.id)
    if evidence.is_first and now is not None:
        return (_say("now", outcome=outcome.name, score=score_of(evidence, outcome, now)),)
    low, high = (evidence.changes.number(row, end) for end in ("low", "high"))
    if low is None or high is None:
        return (_say("state", outcome=outcome.name, verdict=words),)
    return (_say("changed", outcome=outcome.name, verdict=words, range=range_of(low, high)),)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("site-whole", 34, _build, frozenset(("partners", "technical")), SITE)
