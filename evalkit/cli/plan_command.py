"""`evalkit plan`: the analysis plan, checked, locked, and compared with its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_problems, tell

if TYPE_CHECKING:
    from evalkit.models.plan import Plan
    from evalkit.models.planning.changes import PlanChange
    from evalkit.models.planning.locking import PlanLock
    from evalkit.models.planning.standing import PlanStanding
    from evalkit.problems import Problem
    from evalkit.study.study import Study

SHOWN_OF_HASH = 12

app = typer.Typer(help="Check the analysis plan, lock it, and see what has changed since.")


@app.command()
def check(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Check the plan against the study, and say in words what it does.

    Nothing is changed; exit 1 when there are errors.
    """
    from evalkit.models.plan import plan_path, read_plan
    from evalkit.models.planning.checking import plan_notes
    from evalkit.models.planning.standing import plan_standing

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        plan = read_plan(opened)
        standing = plan_standing(opened, plan)
        notes = tuple(plan_notes(plan, opened, plan_path(opened)))
    if as_json:
        show_facts(_plan_facts(plan, standing, notes))
        return
    _show_plan(plan, opened)
    show_problems(notes)
    tell("plan.in_order", count=len(plan.analyses))
    _show_state(standing)


@app.command()
def lock(
    study: StudyOption = None,
    why: Annotated[
        str, typer.Option("--why", help="Reason; needed when the plan changed since its last lock.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Lock the plan: stamp what it says, the time, and the waves whose answers are already there.

    A changed plan gets a new lock beside the old one, with a reason.
    """
    from evalkit.models.planning.locking import lock_plan

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        receipt = lock_plan(opened, why)
    if as_json:
        changes = [change.facts() for change in receipt.changes]
        show_facts({"new": receipt.new, "lock": receipt.lock.facts(), "changes": changes})
    elif receipt.new:
        _show_lock(receipt.lock)
        show_changes(receipt.changes, opened)
    else:
        tell("plan.already_locked", when=_moment(receipt.lock))


@app.command()
def diff(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Show what the plan changes of the locked one, line by line, and what each new lock changed."""
    from evalkit.models.plan import read_plan
    from evalkit.models.planning.standing import plan_standing

    with problems_shown(as_json=as_json):
        opened = open_study(study)
        standing = plan_standing(opened, read_plan(opened))
    if as_json:
        show_facts(standing.facts())
        return
    if standing.locks:
        _show_lock(standing.locks[0])
    for lock, changes in zip(standing.locks[1:], standing.amendments, strict=True):
        tell("plan.amendment", number=lock.number, when=_moment(lock), why=lock.why, count=len(changes))
        show_changes(changes, opened)
    _show_state(standing)
    show_changes(standing.changes, opened)


def _plan_facts(plan: Plan, standing: PlanStanding, notes: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        **plan.model_dump(mode="json"),
        "standing": standing.facts(),
        "problems": [problem.facts(command_language()) for problem in notes],
    }


def _show_plan(plan: Plan, study: Study) -> None:
    from evalkit.models.planning.words import analysis_name, analysis_words, rules_of, value_words

    tell("plan.rules", rules=rules_of(plan))
    for analysis in plan.analyses:
        name = analysis_name(study, analysis.outcome, analysis.question)
        tell("plan.analysis", id=analysis.id, family=value_words("family", analysis.family), name=name)
        for sentence in analysis_words(analysis):
            tell("plan.sentence", sentence=sentence)


def _show_state(standing: PlanStanding) -> None:
    if not standing.locks:
        tell("plan.not_locked")
    elif standing.changes:
        tell("plan.deviations", count=len(standing.changes), number=standing.locks[-1].number)
    else:
        tell("plan.unchanged")


def _show_lock(lock: PlanLock) -> None:
    from evalkit.texts.phrases import phrase

    tell(
        "plan.locked", number=lock.number, when=_moment(lock), who=lock.who, hash=lock.sha256[:SHOWN_OF_HASH]
    )
    if lock.why:
        tell("plan.reason", why=lock.why)
    if lock.answers:
        held = [phrase("commands.plan.answers", **vars(there)) for there in lock.answers]
        tell("plan.after_answers", list=", ".join(answers.say(command_language()) for answers in held))
    else:
        tell("plan.without_answers")
    if lock.commit is None:
        tell("plan.no_commit")
    else:
        tell(f"plan.{'commit' if lock.committed else 'commit_differs'}", commit=lock.commit[:SHOWN_OF_HASH])


def show_changes(changes: tuple[PlanChange, ...], study: Study) -> None:
    """Print changes of a plan, a line each."""
    from evalkit.models.planning.words import change_words, subject_of

    for change in changes:
        values = {"subject": subject_of(change, study), "change": change_words(change, study)}
        if change.name:
            tell("plan.change", **values, name=change.name)
        else:
            tell("plan.change_of_all", **values)


def _moment(lock: PlanLock) -> str:
    """Return when a lock was made, to the minute."""
    return f"{lock.when[:10]} {lock.when[11:16]} UTC"
