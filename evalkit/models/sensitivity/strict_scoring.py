"""Only scores that rest on all items of their scale."""

from __future__ import annotations

from evalkit.models.plan import outcome_of
from evalkit.models.reestimating import on_rows
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.scores.scored_panel import N_ANSWERED
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.strict_scoring"


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Ask again of the scores in which no item is absent.

    Prorating, a mean over the items that were answered, is right only when items of a scale are
    exchangeable (Mazza, Enders & Ruehlman 2015, Multivariate Behavioral Research 50:504).
    """
    _, scale = main.study.scale_of(outcome_of(main.analysis, main.study))
    column = N_ANSWERED.format(scale=scale.id)
    if column not in main.rows:
        return phrase(f"{WORDS}.no_items")
    short = (main.rows[column] < len(scale.items)) & main.rows[main.outcome].notna()
    if not short.any():
        return phrase(f"{WORDS}.all_answered", items=len(scale.items))
    found = on_rows(main, main.rows[~short])
    if not found:
        return phrase(f"{WORDS}.absent")
    name = phrase(f"{WORDS}.name", items=len(scale.items), count=int(short.sum()))
    return (Variant(name, found, phrase(f"{WORDS}.row")),)


SENSITIVITY = Sensitivity(run)
