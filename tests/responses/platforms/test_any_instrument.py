"""Whatever the labels of a questionnaire hold, its answers come back, or it is said that they cannot."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.problems import errors_of
from evalkit.responses.exports.words import loose_words
from evalkit.responses.importing import import_wave
from evalkit.texts.text import text_of
from tests.responses.platforms.conftest import make_study
from tests.responses.platforms.simulated import simulate
from tests.responses.platforms.test_platforms import stored
from tests.responses.platforms.writers import WAYS

MARKS = [
    "a",
    "b",
    "é",
    "0",
    "1",
    "2",
    ",",
    ";",
    " ",
    "’",
    '"',
    "\n",
    "=",
    "-",
    "🙂",
    "ש",
    "/",
    "[",
    "]",
    "?",
    "_",
]
LABEL = st.lists(st.sampled_from(MARKS), min_size=1, max_size=6).map("".join)
LABELS = st.lists(
    LABEL.filter(lambda text: any(map(str.isalnum, text))), min_size=2, max_size=4, unique_by=loose_words
)
# What nobody can tell apart is an error, never a guess.
TOLD = {"platform.ambiguous_answer", "platform.ambiguous_column"}


def form_of(one: list[str], several: list[str], conditional: bool) -> Instrument:
    absent = [("not_applicable", -7), ("dont_know", -8), ("refused", -9)]
    items: list[dict[str, Any]] = [
        {"id": "choice", "type": "single", "options": "one", "absent": ["dont_know"]},
        {"id": "needs", "type": "multiple", "options": "several", "absent": ["refused"]},
        {"id": "age", "type": "integer", "range": [12, 110], "absent": ["refused"]},
        {"id": "remark", "type": "text"},
    ]
    if conditional:
        items[1]["ask_if"] = "choice == 1"
    lists = {
        "one": [{"value": n, "label": text_of(label)} for n, label in enumerate(one, start=1)],
        "several": [{"value": n, "label": text_of(label)} for n, label in enumerate(several)],
        "absent": [{"value": v, "kind": kind, "label": text_of(f"({kind})")} for kind, v in absent],
    }
    return Instrument.model_validate(
        {
            "instrument": "drawn",
            "version": "1.0",
            "population": "resident",
            "title": text_of("Drawn"),
            "options": lists,
            "items": [{**item, "text": text_of(f"About {item['id']}")} for item in items],
        }
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LABELS, LABELS, st.booleans(), st.sampled_from(sorted(WAYS)), st.integers(0, 1000))
def test_answers_come_back_or_it_is_said(
    one: list[str], several: list[str], conditional: bool, way: str, seed: int
) -> None:
    form = form_of(one, several, conditional)
    said = simulate(form, count=6, seed=seed)
    with TemporaryDirectory() as place:
        study = make_study(Path(place), form)
        try:
            import_wave(study, WAYS[way][1](said, Path(place)), wave="w1", instrument=form.id)
        except ProblemsFound as found:
            assert {problem.code for problem in errors_of(found.problems)} <= TOLD
        else:
            assert stored(study, form.id) == said.answers
