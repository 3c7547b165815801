"""What was decided since the last report, and what came of it."""

from __future__ import annotations

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.reports.additions import Decision
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import ANYWHERE, Section
from evalkit.reports.wording import year
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.decisions"


def _build(evidence: Evidence) -> Part | None:
    found = [decision for decision in evidence.additions.decisions if _is_here(decision, evidence)]
    if not found:
        return None
    return Part("decisions", _say("title"), (BulletList(tuple(_point(decision) for decision in found)),))


def _is_here(decision: Decision, evidence: Evidence) -> bool:
    """Tell whether a decision was taken since the wave before, for the site of the page or for all sites."""
    since = evidence.waves[-2].year if len(evidence.waves) > 1 else decision.year - 1
    of_site = decision.site is None or (evidence.site is not None and decision.site == evidence.site.id)
    return of_site and since < decision.year <= evidence.wave.year


def _point(decision: Decision) -> tuple[Words, ...]:
    said = _say("decided", year=year(decision.year), decision=decision.text)
    return (said,) if decision.came_of_it is None else (said, _say("came_of_it", result=decision.came_of_it))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("decisions", 24, _build, scopes=ANYWHERE)
