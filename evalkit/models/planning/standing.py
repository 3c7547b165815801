"""Which analyses were planned, and which are exploratory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from evalkit.models.plan import Analysis, Plan, outcome_of
from evalkit.models.planning.changes import PlanChange, changes_between, field_changes
from evalkit.models.planning.content import content_of, fields_of
from evalkit.models.planning.locking import PlanLock, read_locks
from evalkit.study.study import Study

Label = Literal["planned", "exploratory"]


@dataclass(frozen=True)
class AnalysisStanding:
    """Hold how an analysis stands to the locked plan.

    Parameters
    ----------
    lock : the lock that holds the analysis as it is, the first of those that do so without a break; None
        when the last lock does not.
    seen : waves whose answers to its questionnaire were in the store at that lock.
    changes : why it is not planned, and how its result was computed otherwise.
    declared : whether the plan itself calls it exploratory.
    """

    lock: PlanLock | None = None
    seen: frozenset[str] = frozenset()
    changes: tuple[PlanChange, ...] = ()
    declared: bool = False

    @property
    def label(self) -> Label:
        """Return `planned` when the last lock holds the analysis as it is and as its result was computed."""
        held = self.lock is not None and not self.changes
        return "planned" if held and not self.declared else "exploratory"

    def locked_after(self, wave: str) -> bool | None:
        """Tell whether the answers of a wave had arrived before the lock; None when it is exploratory."""
        return wave in self.seen if self.label == "planned" else None

    def as_computed(self, planned: Analysis, done: Analysis) -> AnalysisStanding:
        """Return how a result stands that was computed as `done` says: exploratory unless as planned."""
        fields = fields_of(planned), fields_of(done)
        otherwise = tuple(field_changes(*fields, "analysis", planned.id, "computed"))
        return replace(self, changes=(*self.changes, *otherwise)) if otherwise else self


@dataclass(frozen=True)
class PlanStanding:
    """Hold how a plan stands to its locks.

    Parameters
    ----------
    locks : the oldest first; none when the plan was never locked.
    amendments : for each lock after the first, what it changed of the one before.
    changes : what the present plan changes of the last lock.
    analyses : the analyses of the present plan, by id.
    """

    locks: tuple[PlanLock, ...] = ()
    amendments: tuple[tuple[PlanChange, ...], ...] = ()
    changes: tuple[PlanChange, ...] = ()
    analyses: Mapping[str, AnalysisStanding] = field(default_factory=dict)

    @property
    def deviations(self) -> tuple[PlanChange, ...]:
        """Return what the plan changes of its last lock, then what was computed otherwise than it says."""
        computed = [c for found in self.analyses.values() for c in found.changes if c.how == "computed"]
        return (*self.changes, *computed)

    def as_computed(self, plan: Plan, done: Callable[[Analysis], Analysis]) -> PlanStanding:
        """Return how results stand that were not all computed as the plan says.

        Parameters
        ----------
        plan : the present plan.
        done : an analysis to the one that was carried out in its place, with another engine for instance.
        """
        analyses = {a.id: self.analyses[a.id].as_computed(a, done(a)) for a in plan.analyses}
        return replace(self, analyses=analyses)

    def facts(self) -> dict[str, Any]:
        """Return the standing as plain values, for JSON."""
        amended = [
            {"lock": lock.number, "why": lock.why, "changes": [change.facts() for change in changes]}
            for lock, changes in zip(self.locks[1:], self.amendments, strict=True)
        ]
        analyses = {
            name: {
                "planned": found.label,
                "lock": found.lock.number if found.lock else None,
                "waves_before_lock": sorted(found.seen),
            }
            for name, found in self.analyses.items()
        }
        return {
            "locks": [lock.facts() for lock in self.locks],
            "amendments": amended,
            "deviations": [change.facts() for change in self.deviations],
            "analyses": analyses,
        }


def plan_standing(study: Study, plan: Plan) -> PlanStanding:
    """Return how the plan of a study stands to its locks.

    An analysis is planned when the last lock holds it unchanged: every field of its own, the scoring of its
    outcome, and the arms of the sites. It counts from the first lock that holds it so without a break; the
    waves whose answers had arrived by then are named. Everything else is exploratory, and so is what the plan
    itself calls so.

    Parameters
    ----------
    plan : the present plan of the study.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    locks = read_locks(study)
    amendments = tuple(changes_between(a.content, b.content) for a, b in pairwise(locks))
    changes = changes_between(locks[-1].content, content_of(plan, study)) if locks else ()
    analyses = {
        analysis.id: _analysis_standing(analysis, study, locks, (*amendments, changes))
        for analysis in plan.analyses
    }
    return PlanStanding(locks, amendments, changes, analyses)


def _analysis_standing(
    analysis: Analysis, study: Study, locks: tuple[PlanLock, ...], steps: tuple[tuple[PlanChange, ...], ...]
) -> AnalysisStanding:
    """Walk back from the present plan through its locks, as long as nothing of the analysis changes.

    `steps` holds what changed after each lock: until the next one, and until now.
    """
    held: PlanLock | None = None
    own: tuple[PlanChange, ...] = ()
    for lock, after in zip(reversed(locks), reversed(steps), strict=False):
        own = tuple(change for change in after if change.concerns(analysis.id, analysis.outcome))
        if own:
            break
        held = lock
    declared = analysis.family == "exploratory"
    if held is None:
        return AnalysisStanding(changes=own, declared=declared)
    instrument = outcome_of(analysis, study).scale.split(".")[0]
    return AnalysisStanding(held, frozenset(held.waves(instrument)), declared=declared)
