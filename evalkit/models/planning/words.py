"""A plan and its changes in words: phrase keys and values, no language yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evalkit.models.plan import Analysis, Plan
from evalkit.models.planning.changes import PlanChange
from evalkit.models.planning.content import Value, fields_of
from evalkit.study.study import Study
from evalkit.texts.lists import listed
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase, sentences
from evalkit.texts.text import Text, text_of

Words = Phrase | Text | Number | str

# Fields whose values are ids that pages give names.
IDS = ("contrast.since", "contrast.waves", "exclusions.sites", "exclusions.waves")
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


def change_words(change: PlanChange, study: Study) -> Phrase:
    """Return what changed, as sentences; sites, arms and waves by the names that pages give them."""
    key = f"plan.change.{change.how}"
    if not change.field:
        return phrase(key)
    first, _, rest = change.field.partition(".")
    field = (
        phrase("plan.field.site", name=_named(rest, study)) if first == "site" else field_words(change.field)
    )
    values = {name: _changed(change.field, getattr(change, name), study) for name in ("old", "new")}
    return phrase(key, field=field, **values)


def field_words(field: str) -> Words:
    """Return what pages call a field of an analysis, or of all; its key when no words are known.

    Examples
    --------
    >>> field_words("exclusions.sites").say("en")
    'Sites left out'
    """
    first, _, rest = field.partition(".")
    if first == "options":
        return phrase("plan.field.options", name=rest)
    key = f"plan.field.{field}"
    return phrase(key) if key in sentences("en") else field


def value_words(field: str, value: Value | None) -> Words:
    """Return the value of a field in words, numbers with as many digits as they were written with.

    Examples
    --------
    >>> value_words("alpha", 0.05).say("en"), value_words("who", "stayers").say("en")
    ('0.05', 'people who stayed')
    """
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


def _changed(field: str, value: Value | None, study: Study) -> Words:
    """Return the value of a field that changed, ids replaced by names."""
    if field == "outcome":
        return _outcome_name(study, str(value))
    if field.startswith("site.") and isinstance(value, str):
        return study.arm_name(value)
    if field in IDS and isinstance(value, str | list):
        return listed([_named(one, study) for one in ([value] if isinstance(value, str) else value)])
    return value_words(field, value)


def _named(name: str, study: Study) -> Text:
    """Return what pages call a site or a wave; its id when the study has it no more."""
    if name in study.sites_by_id:
        return study.sites_by_id[name].name
    wave = study.waves_by_id.get(name)
    return text_of(name) if wave is None else wave.name or text_of(str(wave.year))


def _number(value: float) -> Number:
    return Number(value, len(f"{value:g}".partition(".")[2]))


def _plain(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


def _outcome_name(study: Study, outcome: str | None) -> Words:
    return next((known.name for known in study.outcomes if known.id == outcome), outcome or "")
