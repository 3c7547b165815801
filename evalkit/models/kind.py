"""A question that a study asks of an outcome, and the model that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from evalkit.models.spec import ModelSpec
from evalkit.problems import Problem
from evalkit.study.study import Study


@dataclass(frozen=True)
class Kind:
    """Hold a model kind.

    Parameters
    ----------
    suits : whether the design of a study lets the question be asked; a default plan then asks it.
    lacking : (panel, outcome, study) to what the answers at hand lack, or None.
    build : (panel, outcome, study) to the model, when nothing is lacking.
    options : names that the options of an analysis may have.
    """

    suits: Callable[[Study], bool]
    lacking: Callable[[pd.DataFrame, str, Study], Problem | None]
    build: Callable[[pd.DataFrame, str, Study], ModelSpec]
    options: frozenset[str] = frozenset()
