"""The latest evaluation of each outcome: no point is worked twice in a row."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.covariances import Shape
from evalkit.mixed.criterion import Criterion, criterion
from evalkit.mixed.summary import Summary

Held = TypeVar("Held")


class Latest:
    """Evaluate the criterion, and keep for each outcome what came last.

    Descents end at different times, and what follows asks for all outcomes at the points where they ended:
    these were evaluated already. What was given out never changes.
    """

    def __init__(self, summary: Summary, shape: Shape, reml: bool) -> None:
        self._summary, self._shape, self._reml = summary, shape, reml
        self._kept: Criterion | None = None
        self._given_out = False

    def __call__(self, theta: Array, which: IntArray) -> Criterion:
        """Return the criterion at theta (b, m) of the outcomes `which`: (b,), rising."""
        if len(which) == self._summary.outcomes:
            return self._of_all(theta, which)
        if self._kept is None:
            return self._worked(theta, which)
        new = (self._kept.theta[which] != theta).any(axis=1)
        if new.all():
            found = self._worked(theta, which)
            self._keep(which, found)
            return found
        if new.any():
            self._keep(which[new], self._worked(theta[new], which[new]))
        return _rows(self._kept, which)

    def _of_all(self, theta: Array, every: IntArray) -> Criterion:
        new = None if self._kept is None else (self._kept.theta != theta).any(axis=1)
        if self._kept is None or new is None or new.all():
            self._kept = self._worked(theta, every)
        elif new.any():
            self._keep(every[new], self._worked(theta[new], every[new]))
        self._given_out = True
        return self._kept

    def _worked(self, theta: Array, which: IntArray) -> Criterion:
        every = len(which) == self._summary.outcomes
        summary = self._summary if every else self._summary.of_outcomes(which)
        return criterion(summary, self._shape, theta, self._reml)

    def _keep(self, which: IntArray, found: Criterion) -> None:
        if self._kept is not None:
            if self._given_out:
                self._kept, self._given_out = _rows(self._kept, slice(None)), False
            _put(self._kept, which, found)


def _rows(held: Held, chosen: IntArray | slice) -> Held:
    """Return a copy of some rows of all arrays, those of dataclasses inside too."""
    parts: dict[str, Any] = {}
    for field in fields(held):  # type: ignore[arg-type]
        value = getattr(held, field.name)
        parts[field.name] = _rows(value, chosen) if is_dataclass(value) else value[chosen].copy()
    return replace(held, **parts)  # type: ignore[type-var]


def _put(held: Any, chosen: IntArray, new: Any) -> None:
    for field in fields(held):
        value = getattr(held, field.name)
        if is_dataclass(value):
            _put(value, chosen, getattr(new, field.name))
        else:
            value[chosen] = getattr(new, field.name)
