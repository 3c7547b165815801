"""What must be known before the results are believed: what is refused, warned of, and what would help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.documents.blocks import BulletList, Part, Words
from evalkit.problems import Problem
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import TECHNICAL, Section
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
    points = tuple(tuple(_sentences(found, evidence)) for found in by_code.values() if found)
    if not points:
        return None
    return Part("certainty", _say("title"), (BulletList(points),))


def _sentences(found: Sequence[Problem], evidence: Evidence) -> Iterator[Words]:
    """Say what holds, for which outcomes or sites, and what would help."""
    key = found[0].code.split(".")[1]
    yield _say(f"{key}.what", **found[0].values)
    sites = dict.fromkeys(problem.where.site for problem in found if problem.where.site is not None)
    if sites:
        yield _say("sites", sites=listed([evidence.study.sites_by_id[site].name for site in sites]))
    names = [problem.values["outcome"] for problem in found]
    unique = [name for n, name in enumerate(names) if isinstance(name, Text) and name not in names[:n]]
    if unique and len(unique) < len(evidence.outcomes):
        yield _say("outcomes", outcomes=listed(unique))
    yield _say(f"{key}.do", **found[0].values)


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("certainty", 62, _build, TECHNICAL)
