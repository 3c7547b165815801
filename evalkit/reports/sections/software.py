"""With what programs the numbers were computed: each name and version, nothing of the machine."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from evalkit import __version__
from evalkit.documents.blocks import BulletList, Paragraph, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import Section
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.software"
COMPUTING = ("numpy", "scipy", "pandas", "statsmodels", "formulaic", "matplotlib")


def programs() -> dict[str, str]:
    """Return the version of evalkit, of Python and of each installed package that numbers pass through.

    Examples
    --------
    >>> list(programs())[:2]
    ['evalkit', 'Python']
    """
    found = {"evalkit": __version__, "Python": platform.python_version()}
    for package in COMPUTING:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # an extra that this installation does without
            continue
    return found


def _build(evidence: Evidence) -> Part:
    points = tuple((_say("program", name=name, version=number),) for name, number in programs().items())
    return Part("software", _say("title"), (Paragraph((_say("same"),)), BulletList(points)))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("software", 92, _build, frozenset(("technical",)))
