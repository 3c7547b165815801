"""Each outcome at a glance: what may be said of it, and the numbers behind."""

from __future__ import annotations

from evalkit.documents.blocks import KeyFact
from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focus_of
from evalkit.reports.wording import range_of, score_of, tone_of, verdict_words, year
from evalkit.study.study import Outcome
from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.main_message"


def key_fact(evidence: Evidence, outcome: Outcome, *, brief: bool = False) -> KeyFact:
    """Return an outcome at a glance, of the group of interest or of the page's site.

    Parameters
    ----------
    brief : only the range, where there is one.
    """
    focus = focus_of(evidence)
    verdict = focus.verdict(outcome)
    words, now = verdict_words(evidence, verdict), focus.scores[outcome.id]
    found = {column: focus.number(outcome, column) for column in focus.changes.columns}
    known = {column: number for column, number in found.items() if number is not None}
    if "change" not in known:
        return KeyFact(
            outcome.name, words, () if now is None else (score_of(evidence, outcome, now),), "plain"
        )
    first = evidence.firsts[outcome.id] or evidence.first
    size = int(abs(round(known["change"], 1)))  # in French, points are many from two on
    details = [
        _say("since", change=Number(known["change"], 1, signed=True), since=year(first.year), count=size)
    ]
    if "low" in known and "high" in known:
        likely = _say("likely", range=range_of(known["low"], known["high"]))
        details = [likely] if brief else [*details, likely]
    if not brief and "first" in known and "last" in known:
        years = {"first_year": year(first.year), "year": year(evidence.wave.year)}
        ends = {"first": Number(known["first"], 1), "last": score_of(evidence, outcome, known["last"])}
        details.append(_say("scores", **ends, **years))
    return KeyFact(outcome.name, words, tuple(details), tone_of(verdict))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)
