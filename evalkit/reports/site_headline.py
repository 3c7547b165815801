"""The finding of a site's own pages in one line."""

from __future__ import annotations

from evalkit.reports.evidence import Evidence
from evalkit.reports.focus import focused_with
from evalkit.reports.wording import named, since_of
from evalkit.study.site import Site
from evalkit.texts.phrases import Phrase, phrase

TEXTS = "report.site_headline"


def site_headline_of(evidence: Evidence, site: Site) -> Phrase:
    """Return what changed at a site, else that nothing is clear, else that nothing may be shown."""
    ups, downs = focused_with(evidence, "up"), focused_with(evidence, "down")
    values: dict[str, object] = {"site": site.name, "since": since_of(evidence)}
    if ups or downs:
        lists = {name: named(evidence, found) for name, found in (("ups", ups), ("downs", downs)) if found}
        return phrase(f"{TEXTS}.{'both' if ups and downs else 'up' if ups else 'down'}", **values, **lists)
    seen = focused_with(evidence, "steady", "unclear")
    if seen:
        return phrase(
            f"{TEXTS}.{'steady' if seen == focused_with(evidence, 'steady') else 'unclear'}", **values
        )
    return phrase(f"{TEXTS}.{'first' if focused_with(evidence, 'first') else 'too_few'}", **values)
