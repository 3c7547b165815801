"""Designs of which nothing can be told, and why."""

from __future__ import annotations

from typing import Literal

from evalkit.errors import EvalkitError

Reason = Literal["no_variance", "icc_one", "too_few_sites", "nobody_observed", "effect_not_estimable"]


class DegenerateDesign(EvalkitError):
    """Raised in place of a number when a design cannot bear one; the layer above words the reason.

    Parameters
    ----------
    reason : `no_variance`: residents' answers do not vary, or not from wave to wave; `icc_one`: all variance
        lies between sites; `too_few_sites`: no degrees of freedom are left between sites;
        `nobody_observed`: no resident answers in any wave; `effect_not_estimable`: the effect cannot be
        told apart from waves, arms or sites where residents answer.

    Examples
    --------
    >>> DegenerateDesign("icc_one").reason
    'icc_one'
    """

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)
