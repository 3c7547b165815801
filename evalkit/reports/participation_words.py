"""Who answered, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evalkit.documents.blocks import Words
from evalkit.reports.arms import EVERYONE
from evalkit.reports.evidence import Evidence
from evalkit.reports.wording import year
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.participation"


def answered_in_words(evidence: Evidence) -> Iterator[Words]:
    """Say how many people answered, how many came back, out of how many homes."""
    counts = counts_of(evidence, evidence.wave.id)
    this_year = year(evidence.wave.year)
    if "answered" not in counts:
        yield _say("hidden", year=this_year)
        return
    people = counts["answered"]
    yield _say("answered", year=this_year, people=people, count=people)
    if "again" in counts and counts.get("new"):
        yield _say("again_new", again=counts["again"], new=counts["new"])
    first = counts_of(evidence, evidence.first.id)
    if "kept" in counts and "answered" in first:
        years = {"first_year": year(evidence.first.year), "year": this_year}
        yield _say("kept", first=first["answered"], kept=counts["kept"], **years)
    households = evidence.by_site.number(EVERYONE, "households")
    if households is not None:
        yield _say("households", sites=len(evidence.study.sites), households=int(households))


def counts_of(evidence: Evidence, wave: str) -> Mapping[str, int]:
    """Return the counts of a wave that may be shown."""
    found = {column: evidence.answered.number(wave, column) for column in evidence.answered.columns}
    return {column: int(number) for column, number in found.items() if number is not None}


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)
