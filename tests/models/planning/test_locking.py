"""A lock says what, when, who, and what had arrived; it stays, and a changed plan needs a reason."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evalkit.errors import ProblemsFound
from evalkit.models.planning.content import content_of
from evalkit.models.planning.locking import lock_plan, read_locks
from evalkit.study.study import Study
from evalkit.study.study_store import study_store
from tests.models.planning.answering import PLAN, add_answers, write_plan

CHANGED = PLAN.replace("outcome: security", "outcome: security, who: stayers")


def codes(study: Study, why: str = "") -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        lock_plan(study, why)
    return [problem.code for problem in found.value.problems]


def test_first_lock_before_any_answer(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALKIT_USER", "methodologist")
    plan = write_plan(study)
    receipt = lock_plan(study)
    lock = receipt.lock
    assert (receipt.new, receipt.changes, lock.number, lock.why) == (True, (), 1, "")
    assert (lock.who, lock.answers, lock.waves()) == ("methodologist", (), ())
    assert lock.content == content_of(plan, study)
    assert lock.sha256 == lock.content.sha256
    made = datetime.fromisoformat(lock.when)
    assert made.tzinfo == UTC
    assert read_locks(study) == (lock,)


def test_a_lock_names_the_answers_that_had_arrived(study: Study) -> None:
    write_plan(study)
    add_answers(study, "w2", people=3)
    add_answers(study, "w1")
    add_answers(study, "w1", instrument="other", people=1)
    lock = lock_plan(study).lock
    assert [(there.wave, there.instrument, there.submissions) for there in lock.answers] == [
        ("w1", "other", 1),
        ("w1", "short", 2),
        ("w2", "short", 3),
    ]
    assert lock.waves() == ("w1", "w2")
    assert lock.waves("other") == ("w1",)


def test_an_unchanged_plan_gets_no_second_lock(study: Study) -> None:
    write_plan(study)
    first = lock_plan(study)
    write_plan(study, "# only a comment is new\n" + PLAN)
    again = lock_plan(study, "no reason is needed")
    assert (again.new, again.lock) == (False, first.lock)
    assert len(read_locks(study)) == 1


def test_a_changed_plan_needs_a_reason_and_leaves_the_old_lock(study: Study) -> None:
    write_plan(study)
    first = lock_plan(study).lock
    write_plan(study, CHANGED)
    assert codes(study) == codes(study, "  ") == ["plan.change_without_why"]
    assert len(read_locks(study)) == 1
    receipt = lock_plan(study, "those who moved in are another question")
    assert [(change.name, change.field) for change in receipt.changes] == [("rise", "who")]
    assert read_locks(study) == (first, receipt.lock)
    assert receipt.lock.why == "those who moved in are another question"


def test_locks_cannot_be_changed(study: Study) -> None:
    write_plan(study)
    lock_plan(study)
    for order in ("UPDATE audit SET details = '{}'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError), study_store(study).writing() as connection:
            connection.execute(text(order))
    assert len(read_locks(study)) == 1


def test_a_plan_without_analysis_is_not_locked(study_of: Callable[..., Study]) -> None:
    alone = study_of({"A": None}, 1)
    assert codes(alone) == ["plan.nothing_to_lock"]
    assert not alone.data_folder.exists()


def test_a_faulty_plan_is_not_locked(study: Study) -> None:
    (study.folder / "plan.yaml").write_text("analyses:\n  - {id: a, question: guess, outcome: cohesion}\n")
    assert codes(study) == ["plan.unknown_question"]
    assert read_locks(study) == ()


def test_lock_in_git_names_the_commit_and_whether_the_plan_is_in_it(study: Study) -> None:
    def git(*words: str) -> str:
        setting = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", "-C", str(study.folder), *setting, *words], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "-q")
    write_plan(study)
    git("add", "plan.yaml")
    git("commit", "-qm", "plan")
    lock = lock_plan(study).lock
    assert (lock.commit, lock.committed) == (git("rev-parse", "HEAD"), True)
    write_plan(study, CHANGED)
    later = lock_plan(study, "reason").lock
    assert (later.commit, later.committed) == (lock.commit, False)
