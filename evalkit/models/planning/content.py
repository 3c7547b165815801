"""What a plan fixes, as plain values: the same words for a hash, for the store and for a comparison."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evalkit.models.plan import Analysis, Plan, outcome_of
from evalkit.study.study import Outcome, Study

Value = str | float | bool | list[Any]
Fields = Mapping[str, Value]

_SCALE = {"items", "rule", "min_answered", "report_as", "higher_is"}


@dataclass(frozen=True)
class PlanContent:
    """Hold what a plan fixes, by field; a field that says nothing is not there.

    Parameters
    ----------
    plan : rules for all analyses.
    design : which sites are in which arm, and how they came there.
    outcomes : how each outcome of an analysis is scored, by its id.
    analyses : the analyses, complete with their defaults, by id.
    """

    plan: Fields
    design: Fields
    outcomes: Mapping[str, Fields]
    analyses: Mapping[str, Fields]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the content as JSON: keys sorted, no spaces, UTF-8."""
        words = json.dumps(self.facts(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()

    def facts(self) -> dict[str, Any]:
        """Return the content as plain values, for JSON."""
        return asdict(self)


def content_of(plan: Plan, study: Study) -> PlanContent:
    """Return what a plan fixes in a study.

    Beside the analyses these are the items and the rule of each scale, and the arms of the sites: whoever
    changes one of them changes what the same words of the plan ask. Waves, days of start, names and
    wording are facts of the field, and not part of it.
    """
    used = {analysis.outcome: outcome_of(analysis, study) for analysis in plan.analyses}
    rules = plan.model_dump(mode="json", exclude={"analyses"})
    return PlanContent(
        plan=_flat(rules),
        design=_design(study),
        outcomes={name: _scoring(outcome, study) for name, outcome in used.items()},
        analyses={analysis.id: fields_of(analysis) for analysis in plan.analyses},
    )


def fields_of(analysis: Analysis) -> Fields:
    """Return what an analysis says, without its id, parts of a part joined by dots.

    Examples
    --------
    >>> fields_of(Analysis(id="a", question="growth", outcome="cohesion", exclusions={"sites": ("S6",)}))[
    ...     "exclusions.sites"]
    ['S6']
    """
    return _flat(analysis.model_dump(mode="json", exclude={"id"}))


def _design(study: Study) -> Fields:
    arms = {f"site.{site.id}": site.arm or True for site in study.sites}
    return {**_flat(study.file.model_dump(mode="json", include={"assignment"})), **arms}


def _scoring(outcome: Outcome, study: Study) -> Fields:
    instrument, scale = study.scale_of(outcome)
    turned = [item for item in scale.items if instrument.item(item).reverse]
    said = scale.model_dump(mode="json", include=_SCALE)
    return _flat({"scale": outcome.scale, **said, "reversed": turned})


def _flat(tree: Mapping[str, Any]) -> Fields:
    return dict(_leaves(tree, ""))


def _leaves(tree: Mapping[str, Any], above: str) -> Iterator[tuple[str, Value]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        # What says nothing is left out, so that a field of a later evalkit is no change of an older plan.
        elif value is not None and value is not False and value != []:
            yield f"{above}{name}", value
