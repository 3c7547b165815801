"""What was planned: when the plan was locked, what changed since, and which results are exploratory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from evalkit.documents.blocks import Block, BulletList, Paragraph, Part, Words
from evalkit.models.plan import read_plan
from evalkit.models.planning.changes import PlanChange
from evalkit.models.planning.locking import PlanLock
from evalkit.models.planning.words import analysis_name, change_words, subject_of
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import TECHNICAL, Section
from evalkit.reports.wording import year
from evalkit.study.study import Study
from evalkit.texts.lists import listed
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.plan"
LABELS = ("planned", "planned_late", "exploratory")


def _build(evidence: Evidence) -> Part | None:
    if evidence.plan.locks:
        return Part("plan", _say("title"), tuple(_blocks(evidence)))
    if evidence.is_first:
        return None
    return Part("plan", _say("title"), (Paragraph((_say("not_locked"), _say("all_exploratory"))),))


def _blocks(evidence: Evidence) -> Iterator[Block]:
    plan, study = evidence.plan, evidence.study
    yield Paragraph(tuple(_first_lock(plan.locks[0], study)))
    for lock, changes in zip(plan.locks[1:], plan.amendments, strict=True):
        again = _say("locked_again", day=_day(lock))
        yield Paragraph(
            (again, _say("why", why=lock.why.rstrip(".")), *_seen(lock, study), _say("changed_then"))
        )
        yield _points(changes, study)
    if plan.deviations:
        yield Paragraph((_say("deviations"),))
        yield _points(plan.deviations, study)
    else:
        yield Paragraph((_say("unchanged"),))
    yield from _labelled(evidence)


def _first_lock(lock: PlanLock, study: Study) -> Iterator[Words]:
    yield _say("locked", day=_day(lock))
    yield from _seen(lock, study)


def _seen(lock: PlanLock, study: Study) -> Iterator[Words]:
    """Say which answers had arrived before a lock."""
    waves = [study.waves_by_id[wave].year for wave in lock.waves() if wave in study.waves_by_id]
    if not waves:
        yield _say("before_answers")
        return
    yield _say("after_answers", years=listed([text_of(year(wave)) for wave in waves]))
    yield _say("could_be_seen")


def _points(changes: Iterable[PlanChange], study: Study) -> BulletList:
    """Return changes as points: what they are about, then the line that changed."""
    return BulletList(
        tuple(
            (_say("about", subject=subject_of(change, study)), change_words(change, study))
            for change in changes
        )
    )


def _labelled(evidence: Evidence) -> Iterator[Block]:
    """Name the results of each label, in the order of the plan; one sentence when they share one.

    Late is what was planned when the answers of the report's wave had arrived.
    """
    names: dict[str, list[tuple[Words, ...]]] = {}
    for analysis in read_plan(evidence.study).analyses:
        stands = evidence.plan.analyses[analysis.id]
        label: str = "planned_late" if stands.locked_after(evidence.wave.id) else stands.label
        name = analysis_name(evidence.study, analysis.outcome, analysis.question)
        names.setdefault(label, []).append((name,))
    if len(names) == 1:
        yield Paragraph((_say(f"all_{next(iter(names))}"),))
        return
    for label in (one for one in LABELS if one in names):
        yield Paragraph((_say(label), _say(f"{label}_why")))
        yield BulletList(tuple(names[label]))


def _day(lock: PlanLock) -> date:
    return date.fromisoformat(lock.when[:10])


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("plan", 75, _build, TECHNICAL)
