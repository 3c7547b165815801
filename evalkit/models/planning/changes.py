"""What is different between two states of a plan, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from evalkit.models.planning.content import Fields, PlanContent, Value

Part = Literal["plan", "design", "outcome", "analysis"]
How = Literal["added", "removed", "changed", "computed"]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Hold one difference.

    Parameters
    ----------
    part : rules for all analyses, design, scoring of an outcome, or one analysis.
    name : id of the outcome or of the analysis; empty for the others.
    how : an analysis came or went; a field changed; or a result was computed otherwise than the plan says.
    field : what changed, parts joined by dots; empty when the whole analysis came or went.
    old, new : values; None where the field said nothing.
    outcome, question : of an analysis, as it stands in the newer state that has it.
    """

    part: Part
    name: str
    how: How
    field: str = ""
    old: Value | None = None
    new: Value | None = None
    outcome: str | None = None
    question: str | None = None

    def concerns(self, analysis: str, outcome: str) -> bool:
        """Tell whether an analysis of an outcome is another one by this difference.

        What holds for all analyses (level, adjustment) leaves each of them what it is.
        """
        if self.part == "analysis":
            return self.name == analysis
        return self.part == "design" or (self.part == "outcome" and self.name == outcome)

    def facts(self) -> dict[str, Any]:
        """Return the difference as plain values, for JSON."""
        return asdict(self)


def changes_between(old: PlanContent, new: PlanContent) -> tuple[PlanChange, ...]:
    """Return every difference between two states of a plan, each analysis in the order of the newer one.

    Examples
    --------
    >>> growth = {"outcome": "cohesion", "question": "growth"}
    >>> before = PlanContent({"alpha": 0.05}, {}, {}, {"a": growth})
    >>> after = PlanContent({"alpha": 0.01}, {}, {}, {"a": {**growth, "family": "primary"}})
    >>> [(change.name, change.field, change.old, change.new) for change in changes_between(before, after)]
    [('', 'alpha', 0.05, 0.01), ('a', 'family', None, 'primary')]
    """
    return tuple(_all(old, new))


def field_changes(
    old: Fields, new: Fields, part: Part, name: str = "", how: How = "changed"
) -> Iterator[PlanChange]:
    """Give the fields that differ, in the order of the newer state, then those that are gone."""
    of = _asked(new) if part == "analysis" else {}
    for field in dict.fromkeys([*new, *old]):
        if old.get(field) != new.get(field):
            yield PlanChange(part, name, how, field, old.get(field), new.get(field), **of)


def _all(old: PlanContent, new: PlanContent) -> Iterator[PlanChange]:
    yield from field_changes(old.plan, new.plan, "plan")
    yield from field_changes(old.design, new.design, "design")
    for name in new.outcomes:
        if name in old.outcomes:
            yield from field_changes(old.outcomes[name], new.outcomes[name], "outcome", name)
    for name, fields in new.analyses.items():
        if name in old.analyses:
            yield from field_changes(old.analyses[name], fields, "analysis", name)
        else:
            yield PlanChange("analysis", name, "added", **_asked(fields))
    for name, fields in old.analyses.items():
        if name not in new.analyses:
            yield PlanChange("analysis", name, "removed", **_asked(fields))


def _asked(fields: Mapping[str, Value]) -> dict[str, str]:
    return {name: str(fields[name]) for name in ("outcome", "question")}
