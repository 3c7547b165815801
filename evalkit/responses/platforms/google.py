"""Google Forms: CSV or XLSX of its answers, with the texts of the questions as header."""

from __future__ import annotations

import re

from evalkit.problems import Problem
from evalkit.responses.exports.moments import First, moments_by_order
from evalkit.responses.exports.platform import Export, Heading, Platform
from evalkit.responses.foreign.table import ForeignTable

_WHEN: dict[str, First] = {"Timestamp": "month", "Horodateur": "day"}
_ROW = re.compile(r"(.*?)\s*\[(.+)\]", re.DOTALL)


def _recognises(export: Export) -> bool:
    return str(export.main.cells.columns[0]) in _WHEN


def _headings(name: str) -> tuple[Heading, ...]:
    """Return the ways to read a header: a question's text, or `question [row]` of a grid."""
    row = _ROW.fullmatch(name)
    return (Heading(name), Heading(row[2]), Heading(row[1], row[2])) if row else (Heading(name),)


def _moments(table: ForeignTable, column: str) -> tuple[ForeignTable, tuple[Problem, ...]]:
    return moments_by_order(table, column, first=_WHEN.get(column, "day"))


PLATFORM = Platform(
    title="Google Forms",
    recognises=_recognises,
    headings=_headings,
    own=re.compile(r"Timestamp|Horodateur|Score"),
    keys={
        "respondent": (
            "respondent",
            "Respondent code",
            "Your code",
            "Code du répondant",
            "Code de répondant",
            "Votre code",
        ),
        "site": ("site",),
        "language": ("language", "Langue"),
        "mode": ("mode",),
        "ended": tuple(_WHEN),
        "wave": ("wave", "Vague"),
        "partner": ("partner",),
    },
    moments=_moments,
    constant={"mode": "web"},
    private=re.compile(
        r"Username|Email [Aa]ddress|Nom d.utilisateur|Adresse (e-mail|courriel|de courriel|électronique)"
    ),
)
