"""Without submissions that a check has flagged as careless."""

from __future__ import annotations

from evalkit.models.flagged import VISIT, is_flagged
from evalkit.models.reestimating import on_rows
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.without_flagged"


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Ask again of the submissions that no check has flagged."""
    if not set(VISIT) <= set(main.rows):
        return phrase(f"{WORDS}.no_visits")
    flagged = is_flagged(main.rows, main.flagged)
    count = int((flagged & main.rows[main.outcome].notna()).sum())
    if not count:
        return phrase(f"{WORDS}.none_flagged")
    found = on_rows(main, main.rows[~flagged])
    if not found:
        return phrase(f"{WORDS}.absent")
    return (Variant(phrase(f"{WORDS}.name", count=count), found, phrase(f"{WORDS}.row")),)


SENSITIVITY = Sensitivity(run)
