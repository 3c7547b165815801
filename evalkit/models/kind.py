"""A question that a study asks of an outcome, and the model that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from evalkit.models.spec import ModelSpec, usable_rows, waves_of
from evalkit.problems import Problem, note
from evalkit.study.study import Study


@dataclass(frozen=True)
class Asked:
    """Hold how a question is asked.

    Parameters
    ----------
    since, waves : the wave that others are compared with, and those others; by default the kind chooses.
    options : what the kind lets be chosen beside, by name.
    """

    since: str | None = None
    waves: tuple[str, ...] | None = None
    options: Mapping[str, object] = field(default_factory=dict)


class Build(Protocol):
    """Make the model of a question."""

    def __call__(self, panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = ...) -> ModelSpec:
        """Return the model of an outcome of a study's panel."""


class Lacking(Protocol):
    """Tell what a question lacks."""

    def __call__(self, panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = ...) -> Problem | None:
        """Return what the answers at hand lack for a question, or None."""


@dataclass(frozen=True)
class Kind:
    """Hold a model kind.

    Parameters
    ----------
    suits : whether the design of a study lets the question be asked; a default plan then asks it.
    lacking : tells what the answers at hand lack, or None.
    build : makes the model, when nothing is lacking.
    options : names that `Asked.options` may have.
    residents : whether its terms are about residents, for whom a plan may choose the inference.
    """

    suits: Callable[[Study], bool]
    lacking: Lacking
    build: Build
    options: frozenset[str] = frozenset()
    residents: bool = False


def lacking_waves(panel: pd.DataFrame, outcome: str, study: Study, asked: Asked = Asked()) -> Problem | None:
    """Return what a question about change lacks: a second wave with answers."""
    waves = waves_of(usable_rows(panel, outcome))
    return note("models.one_wave", outcome=outcome) if len(waves) < 2 else None


def several_waves(study: Study) -> bool:
    """Return whether a study plans two waves or more."""
    return len(study.waves) >= 2
