"""Lock a plan: what it says, when, by whom, and which answers were there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from evalkit.errors import ProblemsFound
from evalkit.models.plan import plan_path, read_plan
from evalkit.models.planning.changes import PlanChange, changes_between
from evalkit.models.planning.content import PlanContent, content_of
from evalkit.problems import Place, error
from evalkit.store.audit import AuditEntry, add_entry, entries
from evalkit.store.submissions import count_submissions
from evalkit.study.commit import commit_of
from evalkit.study.reading import STUDY_FILE
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

ENTRY = "plan.lock"


@dataclass(frozen=True)
class Answers:
    """Hold how many submissions an instrument had in a wave."""

    wave: str
    instrument: str
    submissions: int


@dataclass(frozen=True)
class PlanLock:
    """Hold one lock of a plan.

    Parameters
    ----------
    number : 1 for the first lock of the study.
    when : ISO 8601, UTC.
    sha256 : of the content.
    why : reason; empty for a first lock that gives none.
    answers : what the store held, in the order of waves.
    commit : id of the git commit of the study folder; None without one.
    committed : whether plan and study file stood in that commit as they were locked.
    content : what was locked.
    """

    number: int
    when: str
    who: str
    sha256: str
    why: str
    answers: tuple[Answers, ...]
    commit: str | None
    committed: bool
    content: PlanContent

    def waves(self, instrument: str | None = None) -> tuple[str, ...]:
        """Return the waves whose answers, to one instrument or to any, were in the store at the lock."""
        named = [there.wave for there in self.answers if instrument in (None, there.instrument)]
        return tuple(dict.fromkeys(named))

    def facts(self) -> dict[str, Any]:
        """Return the lock as plain values, for JSON, without its content."""
        kept = {name: value for name, value in vars(self).items() if name != "content"}
        return {**kept, "answers": [vars(there) for there in self.answers], "waves": list(self.waves())}


@dataclass(frozen=True)
class LockReceipt:
    """Hold what locking did.

    Parameters
    ----------
    lock : the lock that holds now.
    new : whether it was made now; a plan that is locked as it is gets no second lock.
    changes : what it changed of the lock before it.
    """

    lock: PlanLock
    new: bool
    changes: tuple[PlanChange, ...] = ()


def lock_plan(study: Study, why: str = "") -> LockReceipt:
    """Lock the plan of a study in its audit trail.

    A plan that changed since its last lock gets a new lock beside the old one, and needs a reason. Nothing is
    ever taken out of the audit trail, so that both stay to be compared.

    Raises
    ------
    ProblemsFound : the plan has problems or no analysis; it changed and no reason is given; the store cannot
        be written. Nothing is changed then.
    """
    plan, file = read_plan(study), plan_path(study)
    where = Place(file=str(file)) if file is not None else Place()
    if not plan.analyses:
        raise ProblemsFound([error("plan.nothing_to_lock", where)])
    content, reason = content_of(plan, study), why.strip()
    with study_store(study).writing() as connection:
        before = _locks(connection)
        changes = changes_between(before[-1].content, content) if before else ()
        if before and not changes:
            return LockReceipt(before[-1], new=False)
        if changes and not reason:
            raise ProblemsFound([error("plan.change_without_why", where, count=len(changes))])
        add_entry(connection, ENTRY, _details(study, content, reason, connection))
        return LockReceipt(_locks(connection)[-1], new=True, changes=changes)


def read_locks(study: Study) -> tuple[PlanLock, ...]:
    """Return the locks of a plan, the oldest first. Raises ProblemsFound when the store cannot be read."""
    with study_store(study).reading() as connection:
        return _locks(connection)


def _locks(connection: Connection) -> tuple[PlanLock, ...]:
    return tuple(_lock(number, entry) for number, entry in enumerate(entries(connection, ENTRY), start=1))


def _lock(number: int, entry: AuditEntry) -> PlanLock:
    said = dict(entry.details)
    answers = tuple(Answers(**there) for there in said.pop("answers"))
    content = PlanContent(**said.pop("content"))
    return PlanLock(number, entry.when, entry.who, answers=answers, content=content, **said)


def _details(study: Study, content: PlanContent, why: str, connection: Connection) -> Mapping[str, Any]:
    order = {wave.id: number for number, wave in enumerate(study.waves)}
    counts = sorted(count_submissions(connection), key=lambda c: (order.get(c[0], len(order)), c[:2]))
    named = [study.folder / STUDY_FILE, *([path] if (path := plan_path(study)) else [])]
    commit = commit_of(study.folder, named)
    return {
        "sha256": content.sha256,
        "why": why,
        "answers": [vars(Answers(*count)) for count in counts],
        "commit": commit.id if commit else None,
        "committed": commit is not None and commit.holds_files,
        "content": content.facts(),
    }
