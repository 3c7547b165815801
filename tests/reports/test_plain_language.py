"""Reports speak plainly: sentences of 20 words at most, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from evalkit.documents.renderers.html import render
from evalkit.reports.report import build_reports, document_kinds
from evalkit.study.study import Study
from evalkit.texts.phrases import sentences
from evalkit.texts.text import LANGUAGES, Language

LONGEST = 20
LONG = 15
MOST_LONG = 0.15  # share of sentences that may have 15 words or more
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}
ALONE = {f"S{n}": None for n in range(1, 7)}
EVERY = {"cohesion": -4.0, "security": -4.0, "access": -4.0, "control": -4.0}
STATES: dict[str, tuple[dict[str, Any], dict[str, float], dict[str, Any]]] = {
    "some_up": ({"arms": TWO_ARMS}, {"cohesion": 4.0}, {"people": 60}),
    "all_down": ({"arms": TWO_ARMS}, EVERY, {"people": 200, "noise": 0.2}),
    "alone_and_unclear": ({"arms": ALONE}, {}, {"people": 20, "noise": 6.0}),
    "few": ({"arms": ALONE}, {}, {"people": {"S1": 7, **dict.fromkeys([f"S{n}" for n in range(2, 7)], 60)}}),
    "first": ({"arms": ALONE, "waves": 1}, {}, {"people": 60}),
}


def words_of(sentence: str) -> list[str]:
    """Return the words of a sentence; a placeholder counts as one, an elided article with its noun."""
    return re.findall(r"\{?[\w’'-]+\}?(?:[.,]\d+)?", sentence)


def split(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


# Sections of the technical document alone: terms of statistics have their place there.
TECHNICAL = (
    "models", "measures", "flow", "sensitivity", "software", "redo", "checklists", "site_log", "needs",
)  # fmt: skip


def lay_sentences(lang: Language) -> list[tuple[str, str]]:
    """Return the sentences that partners and residents may read."""
    return [(key, s) for key, s in all_sentences(lang) if key.split(".")[1] not in TECHNICAL]


def all_sentences(lang: Language) -> list[tuple[str, str]]:
    found = []
    for key, value in sentences(lang).items():
        if key.startswith("report."):
            forms = [value] if isinstance(value, str) else list(value.values())
            found += [(key, sentence) for form in forms for sentence in split(form)]
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_too_long(lang: Language) -> None:
    long = [(key, s) for key, s in all_sentences(lang) if len(words_of(s)) > LONGEST]
    assert not long


@pytest.mark.parametrize("lang", LANGUAGES)
def test_few_sentences_are_long(lang: Language) -> None:
    counts = [len(words_of(s)) for _, s in all_sentences(lang)]
    assert sum(n >= LONG for n in counts) <= MOST_LONG * len(counts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_cause_and_no_jargon(lang: Language) -> None:
    words = {
        "en": r"\b(impact|effect|significan\w*|p-value|outperform\w*|proves?|thanks to|because of)\b",
        "fr": r"\b(impacts?|effets?|significati\w*|valeur p|grâce à|prouve\w*|à cause de)\b",
    }
    assert not [(key, s) for key, s in lay_sentences(lang) if re.search(words[lang], s, re.IGNORECASE)]


ACRONYM = re.compile(r"\b[A-ZÀ-Ý]{2,}\b")
EXPLAINED = frozenset(("HLM",))  # in the title of a study; everyone who lives there says it
PASSIVE = {
    "en": re.compile(
        r"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+)?\w{3,}(?:ed|wn|ven|ken)\b", re.IGNORECASE
    ),
    "fr": re.compile(
        r"\b(?:est|sont|était|étaient|été|être|sera|seront)\s+(?:\w+ment\s+)?\w{2,}(?:é|ée|és|ées|is|ise|its|ite)\b",
        re.IGNORECASE,
    ),
}
MOST_PASSIVE = 0.10  # share of sentences; some say best what was done to numbers, without naming who
READ_BY_ALL = (
    "main_message",
    "residents_message",
    "site_message",
    "brief_reading",
    "headline",
    "outlook",
    "contact",
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_acronym_is_left_unexplained(lang: Language) -> None:
    found = {(key, word) for key, s in lay_sentences(lang) for word in ACRONYM.findall(s)}
    assert not {(key, word) for key, word in found if word not in EXPLAINED}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_few_sentences_are_passive(lang: Language) -> None:
    said = all_sentences(lang)
    passive = [(key, s) for key, s in said if PASSIVE[lang].search(s)]
    assert len(passive) <= MOST_PASSIVE * len(said), passive
    read_by_all = [s for key, s in said if key.split(".")[1] in READ_BY_ALL]
    first = [(key, s) for key, s in passive if key.split(".")[1] in READ_BY_ALL]
    assert len(first) <= MOST_PASSIVE * len(read_by_all), first


def test_patterns_of_the_passive_see_it_and_see_no_adjective() -> None:
    assert PASSIVE["en"].search("The score was hidden by us, or it was clearly shown.")
    assert PASSIVE["fr"].search("Le chiffre est masqué.")
    assert not PASSIVE["en"].search("The ranges are wide.")
    assert not PASSIVE["fr"].search("Les fourchettes sont larges.")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_sentences_stay_short_once_filled(
    study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame], lang: Language, state: str
) -> None:
    design, changes, answers = STATES[state]
    study = study_of(**design)
    panels = {"resident": panel_of(study, changes, **answers)}
    longest = {kind.reader: kind.longest_sentence for kind in document_kinds()}
    for document in build_reports(study, sites=(None, "S1"), panels=panels):
        page = render(document, lang)
        spoken = re.findall(r"<(?:p|li|h\d|caption|figcaption)\b[^>]*>(.*?)</", page, re.DOTALL)
        plain = [re.sub(r"<[^>]+>", " ", text) for text in spoken]
        most = longest[document.name.split("-")[0]]  # type: ignore[index]
        long = [s for text in plain for s in split(text) if len(words_of(s)) > most]
        assert not long, document.name
