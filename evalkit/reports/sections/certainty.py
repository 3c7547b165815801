"""What must be known before the results are believed: what is refused, warned of, and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.problems import Problem
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import Section
from evalkit.texts.lists import listed
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text

TEXTS = "report.certainty"
# In the order of their weight; what only technical readers can use stays with the fits.
TOLD = (
    "models.no_baseline_at_all",
    "models.one_site_in_arm",
    "caution.design_needed",
    "models.one_site",
    "caution.change_not_effect",
    "models.no_baseline",
    "models.starts_apart",
    "models.none_started_apart",
    "caution.few_sites",
    "caution.unbalanced_arms",
    "models.site_left_out",
    "models.reduced_slope",
    "models.reduced_correlation",
    "models.singular",
    "models.not_converged",
)


def _build(evidence: Evidence) -> Part | None:
    by_code = {code: [p for p in evidence.cautions if p.code == code] for code in TOLD}
    points = tuple(tuple(_sentences(found)) for found in by_code.values() if found)
    if not points:
        return None
    return Part("certainty", _say("title"), (BulletList(points),))


def _sentences(found: Sequence[Problem]) -> Iterator[Words]:
    """Say the first of a kind in full, and name the outcomes or sites of the others."""
    first = found[0]
    if first.where.site is not None:
        yield _say("site", site=first.where.site)
    yield phrase(f"problems.{first.code}.what", **first.values)
    others = [p.values["outcome"] for p in found[1:] if isinstance(p.values.get("outcome"), Text)]
    others = [name for name in others if name != first.values.get("outcome")]
    unique = [name for place, name in enumerate(others) if name not in others[:place]]
    if unique:
        yield _say("also", outcomes=listed(unique))
    yield phrase(f"problems.{first.code}.do", **first.values)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("certainty", 62, _build)
