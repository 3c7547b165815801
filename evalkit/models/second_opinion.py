"""Fit a formula by another engine, as a second opinion."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.models.engine import Engine, EngineFailed
from evalkit.models.fit import INTERCEPT, Fit
from evalkit.models.model_frame import ModelFrame
from evalkit.models.spec import ModelSpec, RandomTerm
from evalkit.problems import error
from evalkit.registry import discover
from evalkit.texts.phrases import phrase

ENGINES = "evalkit.models.engines"


def known_engines() -> tuple[str, ...]:
    """Return the names of the engines: the files of `models/engines/`."""
    return tuple(sorted(discover(ENGINES, "ENGINE")))


def fit_by(engine: str, frame: ModelFrame, *, reml: bool = True) -> Fit:
    """Fit a model frame by a named engine.

    Raises
    ------
    ProblemsFound
        What other engines do not carry: weights, residuals that are not alike, maximum likelihood; and models
        that fail.
    """
    problems = [error("mixed.engine_without_weights", engine=engine)] if frame.weights is not None else []
    problems += [error("mixed.engine_plain_residuals", engine=engine)] if frame.residual is not None else []
    problems += [] if reml else [error("mixed.engine_reml_only", engine=engine)]
    if problems:
        raise ProblemsFound(problems)
    chosen: Engine = discover(ENGINES, "ENGINE")[engine]
    try:
        found = chosen.fit(_spec(frame))
    except EngineFailed as failure:
        facts = {"outcome": frame.formula.outcome, "engine": engine, "reason": failure.reason}
        raise ProblemsFound([error("models.engine_failed", **facts)]) from failure
    return replace(found, problems=(*frame.problems, *found.problems))


def _spec(frame: ModelFrame) -> ModelSpec:
    columns = {frame.formula.outcome: frame.y}
    for term in frame.terms:
        columns |= {n: term.columns[:, k] for k, n in enumerate(term.effects) if n != INTERCEPT}
    data = frame.data.assign(**columns)
    fixed = pd.DataFrame(frame.X, columns=list(frame.names))
    random = tuple(RandomTerm(term.name, term.effects, term.correlated) for term in frame.terms)
    said = phrase("models.estimand.formula", formula=frame.formula.text)
    return ModelSpec(frame.formula.outcome, data, fixed, random, said, {})
