"""Small pieces of sentences that several sections share."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.documents.blocks import Tone
from evalkit.reports.evidence import Evidence
from evalkit.reports.verdicts import Verdict
from evalkit.study.study import Outcome
from evalkit.texts.lists import listed
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text, text_of

TONES: dict[Verdict, Tone] = {"up": "up", "down": "down", "steady": "steady"}
ON_0_TO_100 = "pomp"
FEW_NAMES = 3  # fewer names are as short as saying that they are all


def names_of(outcomes: Sequence[Outcome], *, first: bool = False) -> Text | Phrase:
    """Return the names of outcomes as a list inside a sentence, or as the `first` words of one.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> named = [SimpleNamespace(name=Text({"en": name})) for name in ("Trust", "Safety", "NGO ties")]
    >>> names_of(named).say("en")
    'trust, safety and NGO ties'
    """
    head, *others = (outcome.name for outcome in outcomes)
    return listed([head if first else inside(head), *(inside(name) for name in others)])


def named(evidence: Evidence, outcomes: Sequence[Outcome], *, first: bool = False) -> Text | Phrase:
    """Return the names of outcomes as `names_of` does, or `all scores` when they are all of three or more."""
    if len(outcomes) >= FEW_NAMES and tuple(outcomes) == evidence.outcomes:
        return phrase(f"report.words.all_scores.{'first' if first else 'inside'}")
    return names_of(outcomes, first=first)


def inside(name: Text) -> Text:
    """Return a name as it stands inside a sentence: a capital is lowered unless it begins an acronym.

    Examples
    --------
    >>> inside(Text({"en": "Social cohesion"})).say("en"), inside(Text({"en": "NGO ties"})).say("en")
    ('social cohesion', 'NGO ties')
    """
    return Text({lang: s[:1].lower() + s[1:] if s[1:2].islower() else s for lang, s in name.root.items()})


def range_of(low: float, high: float) -> Phrase:
    """Return `between -1.0 and +3.0`."""
    return phrase("report.words.range", low=Number(low, 1, True), high=Number(high, 1, True))


def score_of(evidence: Evidence, outcome: Outcome, score: float) -> Phrase:
    """Return a score with what it is out of; a scale in its own unit stands alone."""
    key = "score_of" if evidence.study.scale_of(outcome)[1].report_as == ON_0_TO_100 else "score_raw"
    return phrase(f"report.words.{key}", score=Number(score, 1))


def verdict_words(evidence: Evidence, verdict: Verdict) -> Phrase:
    """Return a verdict in a few words; what is unclear in a young intervention is too early to tell."""
    early = verdict == "unclear" and evidence.is_early
    return phrase(f"report.words.verdict.{'early' if early else verdict}")


def tone_of(verdict: Verdict) -> Tone:
    """Return how a verdict is set off."""
    return TONES.get(verdict, "unclear")


def size_of(low: float, high: float) -> dict[str, Number]:
    """Return the ends of a clear change as sizes without sign, the smaller first."""
    small, large = sorted((abs(low), abs(high)))
    return {"low": Number(small, 1), "high": Number(large, 1)}


def since_of(evidence: Evidence) -> Text | Phrase:
    """Return the year since which outcomes are followed, or `the first measure` when the years differ."""
    years = {wave.year for wave in evidence.firsts.values() if wave is not None}
    return text_of(year(years.pop())) if len(years) == 1 else phrase("report.words.first_measure")


def people_of(evidence: Evidence) -> tuple[Phrase, ...]:
    """Return the sentence that says how many people answered this year; none when that is hidden."""
    people = evidence.answered.number(evidence.wave.id, "answered")
    if people is None:
        return ()
    return (phrase("report.words.people", year=year(evidence.wave.year), people=int(people)),)


def year(value: int) -> str:
    """Return a year as it is written, without digit groups."""
    return str(value)
