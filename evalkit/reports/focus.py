"""Whose results a page is about: those of the group of interest, or of one site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.disclosure import DisclosedTable
from evalkit.reports.evidence import Evidence
from evalkit.reports.results import row_of
from evalkit.reports.site_results import site_row
from evalkit.reports.verdicts import Verdict
from evalkit.study.study import Outcome


@dataclass(frozen=True)
class Focus:
    """Hold where the results of a page stand; sections read them alike for a group and for a site.

    Parameters
    ----------
    changes : table of changes: columns `first`, `last`, `change`, `low`, `high`.
    rows : its row, by outcome.
    verdicts : what it allows to say, by outcome.
    scores : score of this wave, by outcome; None when hidden or absent.
    """

    changes: DisclosedTable
    rows: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    scores: Mapping[str, float | None]

    def number(self, outcome: Outcome, column: str) -> float | None:
        """Return a number of an outcome, or None when it is hidden or absent."""
        return self.changes.number(self.rows[outcome.id], column)

    def verdict(self, outcome: Outcome) -> Verdict:
        """Return what may be said of an outcome."""
        return self.verdicts[outcome.id]


def focus_of(evidence: Evidence) -> Focus:
    """Return whose results the pages of `evidence` are about."""
    ids = [outcome.id for outcome in evidence.outcomes]
    if evidence.site is None:
        main, now = evidence.groups.main.id, evidence.wave.id
        rows = {name: row_of(name, main) for name in ids}
        scores = {name: evidence.scores.number(row, now) for name, row in rows.items()}
        return Focus(evidence.changes, rows, {n: evidence.verdicts[row] for n, row in rows.items()}, scores)
    table, verdicts = evidence.site_changes, evidence.site_verdicts
    rows = {name: site_row(name, evidence.site.id) for name in ids}
    scores = {name: table.number(row, "last") for name, row in rows.items()}
    return Focus(table, rows, {name: verdicts[row] for name, row in rows.items()}, scores)


def focused_with(evidence: Evidence, *verdicts: Verdict) -> tuple[Outcome, ...]:
    """Return the outcomes of which one of `verdicts` holds, for whom the page is about."""
    focus = focus_of(evidence)
    return tuple(outcome for outcome in evidence.outcomes if focus.verdict(outcome) in verdicts)
