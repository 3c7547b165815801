"""What five kinds of study say, sentence by sentence, held against files that people have read.

To accept changed sentences, delete the files of `snapshots/`, run this test once, and read the new ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.documents.blocks import Document
from evalkit.reports.report import build_reports
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, say
from evalkit.texts.text import LANGUAGES, Language, Text

SNAPSHOTS = Path(__file__).parent / "snapshots"
StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}
ALONE = {f"S{n}": None for n in range(1, 7)}
SURE: dict[str, Any] = {"people": 200, "noise": 0.2}
MADE_BY = re.compile(r"evalkit \d[\w.]*")

CASES: dict[str, tuple[dict[str, Any], dict[str, float], dict[str, Any]]] = {
    "no_comparison": ({"arms": ALONE}, {"cohesion": 4.0}, SURE),
    "suppressed_site": (
        {"arms": ALONE},
        {"cohesion": 4.0},
        {"people": {"S1": 7, "S2": 37, "S3": 61, "S4": 83, "S5": 89, "S6": 97}, "noise": 1.0},
    ),
    "first_wave": ({"arms": ALONE, "waves": 1}, {}, {"people": 60}),
    "null_result": ({"arms": TWO_ARMS}, {}, {"people": 900, "noise": 0.05}),
    "negative_result": ({"arms": TWO_ARMS}, {"cohesion": -4.0, "security": -3.0}, SURE),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_sentences_are_those_that_were_read(
    study_of: StudyOf, panel_of: PanelOf, case: str, lang: Language
) -> None:
    design, changes, answers = CASES[case]
    study = study_of(**design)
    panels = {"resident": panel_of(study, changes, **answers)}
    documents = build_reports(study, readers=("partners", "residents"), sites=(None, "S1"), panels=panels)
    said = "\n".join(line for document in documents for line in _lines(document, lang))
    file = SNAPSHOTS / f"{case}.{lang}.txt"
    if not file.is_file():
        file.write_text(said + "\n", encoding="utf-8")
        pytest.fail(f"{file.name} was written: read it, then run again")
    assert said + "\n" == file.read_text(encoding="utf-8")


def _lines(document: Document, lang: Language) -> Iterator[str]:
    yield f"==== {document.name}: {say(document.subtitle, lang)}"
    yield say(document.headline, lang)
    for part in document.parts:
        yield f"-- {say(part.title, lang)}"
        for words in _words(part.blocks):
            yield MADE_BY.sub("evalkit", say(words, lang))
    yield ""


def _words(part: Any) -> Iterator[Phrase | Text]:
    """Give all words inside blocks in their order, whatever holds them; no values inside of a sentence."""
    if isinstance(part, Phrase | Text):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _words(inner)
    elif hasattr(part, "__dataclass_fields__"):
        for name in part.__dataclass_fields__:
            yield from _words(getattr(part, name, None))
