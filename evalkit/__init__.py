"""Formal, longitudinal evaluation of community interventions: from questionnaire to yearly summary."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalkit.errors import EvalkitError, ProblemsFound
    from evalkit.instruments.reading import read_instrument
    from evalkit.models.clmm import clmm
    from evalkit.models.fitting import fit
    from evalkit.models.lmm import lmm
    from evalkit.models.lmm_chunks import lmm_chunks
    from evalkit.models.logistic import logistic
    from evalkit.pipeline import run
    from evalkit.power.simulated_power import simulate_power
    from evalkit.reports.report import build_report
    from evalkit.responses.checking import check_responses
    from evalkit.responses.importing import import_wave
    from evalkit.scores.scored_panel import build_panel
    from evalkit.scores.scoring import score
    from evalkit.study.reading import read_study

__version__ = "0.1.0"

_EXPORTS = {
    "EvalkitError": "evalkit.errors",
    "ProblemsFound": "evalkit.errors",
    "build_panel": "evalkit.scores.scored_panel",
    "build_report": "evalkit.reports.report",
    "check_responses": "evalkit.responses.checking",
    "clmm": "evalkit.models.clmm",
    "fit": "evalkit.models.fitting",
    "import_wave": "evalkit.responses.importing",
    "lmm": "evalkit.models.lmm",
    "lmm_chunks": "evalkit.models.lmm_chunks",
    "logistic": "evalkit.models.logistic",
    "read_instrument": "evalkit.instruments.reading",
    "read_study": "evalkit.study.reading",
    "run": "evalkit.pipeline",
    "score": "evalkit.scores.scoring",
    "simulate_power": "evalkit.power.simulated_power",
}

__all__ = [
    "EvalkitError",
    "ProblemsFound",
    "build_panel",
    "build_report",
    "check_responses",
    "clmm",
    "fit",
    "import_wave",
    "lmm",
    "lmm_chunks",
    "logistic",
    "read_instrument",
    "read_study",
    "run",
    "score",
    "simulate_power",
]


def __getattr__(name: str) -> Any:
    """Import an exported name on first use, so that `import evalkit` stays fast."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'evalkit' has no attribute {name!r}")
    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
