"""Dates of which a form cannot say why they are absent: a day picker takes days alone."""

from __future__ import annotations

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, warning
from evalkit.responses.forms.form import absent_of


def absent_dates(form: Instrument, platform: str) -> tuple[Problem, ...]:
    """Return a warning for each date that offers ways of not answering."""
    return tuple(
        warning(
            "forms.absent_not_offered",
            Place(item=item.id),
            platform=platform,
            labels=", ".join(str(option.value) for option in absent_of(form, item)),
        )
        for item in form.items
        if item.type == "date" and item.absent
    )
