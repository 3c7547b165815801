"""The finding of a year in one line."""

from __future__ import annotations

from evalkit.reports.arms import Group
from evalkit.reports.evidence import Evidence
from evalkit.reports.results import DIFFERENCE
from evalkit.reports.wording import named, since_of
from evalkit.texts.phrases import Phrase, phrase


def headline_of(evidence: Evidence, *, compared: bool = True) -> Phrase:
    """Return the headline: what the comparison shows, else what changed, else that nothing is clear.

    What is clear comes first; a difference between groups goes before a change that they may share.

    Parameters
    ----------
    compared : whether differences between groups are told; without, the group of interest is told alone.
    """
    found = None
    if compared and evidence.groups.comparison is not None:
        found = _directions(evidence, DIFFERENCE, "apart")
    found = found or _directions(evidence, evidence.groups.main, "changed")
    if found is not None:
        return found
    seen = evidence.outcomes_with("steady", "unclear", "no_interval")
    if seen:
        key = "steady" if seen == evidence.outcomes_with("steady") else "unclear"
        return phrase(f"report.headline.{key}", since=since_of(evidence))
    return phrase(f"report.headline.{'first' if evidence.outcomes_with('first') else 'too_few'}")


def _directions(evidence: Evidence, group: Group | str, key: str) -> Phrase | None:
    ups, downs = (evidence.outcomes_with(way, group=group) for way in ("up", "down"))
    if not ups and not downs:
        return None
    form = "both" if ups and downs else "up" if ups else "down"
    lists = {
        name: named(evidence, found, first=True) for name, found in (("ups", ups), ("downs", downs)) if found
    }
    if form == "both":
        lists["downs"] = named(evidence, downs)
    return phrase(f"report.headline.{key}.{form}", since=since_of(evidence), **lists)
