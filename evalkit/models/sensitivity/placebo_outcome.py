"""The same question asked of outcomes that the intervention cannot move."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.models.fitting import answers_for, spec_of
from evalkit.models.inference.first_stage import first_stage
from evalkit.models.reestimating import from_numbers
from evalkit.models.variation import MainResult, Sensitivity, Variant
from evalkit.problems import Problem
from evalkit.study.study import Outcome
from evalkit.texts.phrases import Phrase, phrase

WORDS = "sensitivity.placebo_outcome"


def run(main: MainResult) -> tuple[Variant, ...] | Phrase:
    """Look for an effect where there can be none: one found there is a sign of something else.

    References
    ----------
    Lipsitch, Tchetgen Tchetgen & Cohen 2010, Epidemiology 21:383 (negative controls).
    """
    own = main.analysis.outcome
    asked = [outcome for outcome in main.study.outcomes if outcome.placebo and outcome.id != own]
    if not asked:
        return phrase(f"{WORDS}.none_named")
    return tuple(_variants(main, asked)) or phrase(f"{WORDS}.absent")


def _variants(main: MainResult, asked: list[Outcome]) -> Iterator[Variant]:
    for outcome in asked:
        if main.study.population_of(outcome.scale.split(".")[0]) != main.analysis.population:
            continue
        analysis = main.analysis.model_copy(update={"outcome": outcome.id})
        spec = spec_of(analysis, answers_for(analysis, main.panel, main.study), main.study)
        if isinstance(spec, Problem):
            continue
        found = from_numbers(first_stage(spec, main.study), spec.contrasts, main)
        if found:
            name = phrase(f"{WORDS}.name", outcome=outcome.name)
            yield Variant(name, found, phrase(f"{WORDS}.row"), comparable=False, drawn=False)


SENSITIVITY = Sensitivity(run)
