"""What fits a model: an adapter to a library, or to evalkit's own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.models.fit import Fit
from evalkit.models.spec import ModelSpec
from evalkit.texts.phrases import Phrase


@dataclass(frozen=True)
class Engine:
    """Hold an engine.

    Parameters
    ----------
    fit : fits a model; raises `EngineFailed` with the library's reason when it gives no result.
    """

    fit: Callable[[ModelSpec], Fit]


class EngineFailed(Exception):
    """Raised by an engine that has no result for a model.

    Parameters
    ----------
    reason : the library's own words, or a phrase.
    """

    def __init__(self, reason: str | Phrase) -> None:
        self.reason = reason
        super().__init__(reason if isinstance(reason, str) else reason.say("en"))
