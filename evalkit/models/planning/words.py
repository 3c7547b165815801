"""A plan and its changes in words: phrase keys and values, no language yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evalkit.models.plan import Analysis, Plan
from evalkit.models.planning.changes import PlanChange
from evalkit.models.planning.content import Value, fields_of
from evalkit.study.study import Study
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase, sentences
from evalkit.texts.text import Text

Words = Phrase | Text | Number | str

# Fields whose name ends in the id of something of the study.
NAMED = ("options", "site")
# Fields that `plan_words` puts into sentences of their own.
TOLD = frozenset(
    ("question", "outcome", "population", "who", "family", "smallest_change", "inference", "missing")
)


def rules_of(plan: Plan) -> Phrase:
    """Return the rules for all analyses of a plan, as a sentence."""
    adjusted = value_words("multiplicity", plan.multiplicity)
    return phrase("plan.said.rules", alpha=value_words("alpha", plan.alpha), multiplicity=adjusted)


def analysis_words(analysis: Analysis) -> tuple[Phrase, ...]:
    """Return what an analysis does, a sentence each: what is asked, of whom, between which waves, how."""
    return tuple(_sentences(analysis))


def analysis_name(study: Study, outcome: str | None, question: str | None) -> Phrase:
    """Return what pages call an analysis: its outcome and its question."""
    names = {"outcome": _outcome_name(study, outcome), "question": question_words(question or "")}
    return phrase("plan.analysis", **names)


def question_words(question: str) -> Words:
    """Return what pages call a question; its id when no words are known."""
    key = f"plan.question.{question}"
    return phrase(key) if key in sentences("en") else question


def subject_of(change: PlanChange, study: Study) -> Phrase:
    """Return what a change is about: an analysis, the scoring of an outcome, the sites, or all analyses."""
    if change.part == "analysis":
        return analysis_name(study, change.outcome, change.question)
    if change.part == "outcome":
        return phrase("plan.subject.outcome", outcome=_outcome_name(study, change.name))
    return phrase(f"plan.subject.{change.part}")


def change_words(change: PlanChange) -> Phrase:
    """Return what changed, as a sentence.

    Examples
    --------
    >>> change_words(PlanChange("plan", "", "changed", "alpha", 0.05, 0.01)).say("en")
    'Level of the tests. Before: 0.05. Now: 0.01.'
    """
    key = f"plan.change.{change.how}"
    if not change.field:
        return phrase(key)
    values = {"old": value_words(change.field, change.old), "new": value_words(change.field, change.new)}
    return phrase(key, field=field_words(change.field), **values)


def field_words(field: str) -> Words:
    """Return what pages call a field of a plan; its key when no words are known."""
    first, _, rest = field.partition(".")
    if first in NAMED:
        return phrase(f"plan.field.{first}", name=rest)
    key = f"plan.field.{field}"
    return phrase(key) if key in sentences("en") else field


def value_words(field: str, value: Value | None) -> Words:
    """Return the value of a field in words, numbers with as many digits as they were written with."""
    if field == "question":
        return question_words(str(value))
    key = f"plan.value.{field}.{value}"
    if key in sentences("en"):
        return phrase(key)
    if value is None:
        return phrase("plan.nothing")
    if value is True:
        return phrase("plan.yes")
    if isinstance(value, int | float):
        return _number(float(value))
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _sentences(analysis: Analysis) -> Iterator[Phrase]:
    if analysis.estimand is not None:
        yield phrase("plan.said.estimand", words=analysis.estimand)
    fields = fields_of(analysis)
    yield phrase("plan.said.who", who=value_words("who", analysis.who), population=analysis.population)
    since: Words = analysis.contrast.since or phrase("plan.said.first")
    if analysis.contrast.waves is None:
        yield phrase("plan.said.each_since", since=since)
    else:
        yield phrase("plan.said.some_since", waves=", ".join(analysis.contrast.waves), since=since)
    counted = {name: value_words(name, fields[name]) for name in ("inference", "missing")}
    yield phrase("plan.said.counted", **counted)
    if analysis.smallest_change is not None:
        yield phrase("plan.said.smallest", points=_number(analysis.smallest_change))
    for field, value in fields.items():
        if field not in TOLD and not field.startswith(("contrast.", "estimand.")):
            yield phrase("plan.said.chosen", field=field_words(field), value=value_words(field, value))


def _number(value: float) -> Number:
    return Number(value, len(f"{value:g}".partition(".")[2]))


def _plain(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


def _outcome_name(study: Study, outcome: str | None) -> Words:
    return next((known.name for known in study.outcomes if known.id == outcome), outcome or "")
