"""Questionnaires with what breaks files: marks, formulas, directions, lengths; and an order for a form."""

from __future__ import annotations

from datetime import date
from typing import Any

from evalkit.instruments.instrument import Instrument
from evalkit.responses.forms.form import FormOrder, Person
from evalkit.study.site import Site
from evalkit.study.wave import Wave
from evalkit.texts.text import text_of

HARD = (
    '=cmd|"/c calc"!A1',
    "-1+2",
    "@sum",
    "a, b; c | d",
    'so-called "quotes"',
    "line\nbreak",
    "emoji 🙂",
    "שלום [age] {age} ${age}",
    "<b>not bold</b> & more",
    "l’apostrophe et 'l'autre'",
    "</script>\u2028`${1}`",
)
WAVES = tuple(
    Wave(id=f"w{n}", year=2023 + n, field=(date(2023 + n, 9, 1), date(2023 + n, 11, 30)), instruments=())
    for n in (1, 2)
)
SITES = (
    Site(id="S1", name=text_of("Site A")),
    Site(id="north-side", name=text_of("North | side")),
)
PARTNERS = (Person("P-7K3MQ-7", name="=Maison, d’ici"), Person("P-4TY79-R", name="CLSC | Nord"))
PEOPLE = (Person("R-FGRY1-W", "S1"), Person("R-4TY79-R", "north-side"))


def hard_form(count: int = 24) -> Instrument:
    """Return a questionnaire of `count` items whose texts and labels are hard to write, some with skips."""
    labels = [{"value": n, "label": text_of(words)} for n, words in enumerate(HARD)]
    labels.append({"value": 1234567, "label": text_of("a long code")})
    absent = [
        {"value": -8, "kind": "dont_know", "label": text_of("?")},
        {"value": -9, "kind": "refused", "label": text_of("=no")},
    ]
    kinds: list[dict[str, Any]] = [
        {"type": "single", "options": "hard list"},
        {"type": "single", "options": "hard list"},
        {"type": "multiple", "options": "hard list"},
        {"type": "integer", "range": [0, 10]},
        {"type": "text"},
        {"type": "date"},
    ]
    items = []
    for n in range(count):
        item = {**kinds[n % len(kinds)], "id": f"item{n}", "absent": ["dont_know", "refused"]}
        item["text"] = text_of(f"{HARD[n % len(HARD)]} {n}")
        if n % 6 == 3 and n > 6:
            item["ask_if"] = f"item{n - 3} == 1234567 or count(item{n - 1}) > 1"
        items.append(item)
    return Instrument.model_validate(
        {
            "instrument": "hard-core",
            "version": "1.0",
            "population": "resident",
            "title": text_of("=Hard {title}"),
            "options": {"hard list": labels, "absent": absent},
            "items": items,
        }
    )


def order_for(form: Instrument, *, known: bool = False, languages: Any = ("fr", "en")) -> FormOrder:
    """Return the order of a form, with a roster or without one."""
    people = PEOPLE if known else ()
    return FormOrder(form, WAVES[0], WAVES, languages, SITES, True, people, PARTNERS if known else ())
