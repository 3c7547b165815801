"""Reports speak plainly: sentences of 20 words at most, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.documents.renderers.html import render
from evalkit.reports.report import build_report
from evalkit.study.study import Study
from evalkit.texts.phrases import sentences
from evalkit.texts.text import LANGUAGES, Language

LONGEST = 20
LONG = 15
MOST_LONG = 0.15  # share of sentences that may have 15 words or more
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


def words_of(sentence: str) -> list[str]:
    """Return the words of a sentence; a placeholder counts as one, an elided article with its noun."""
    return re.findall(r"\{?[\w’'-]+\}?(?:[.,]\d+)?", sentence)


def split(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


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
    assert not [(key, s) for key, s in all_sentences(lang) if re.search(words[lang], s, re.IGNORECASE)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_stay_short_once_filled(
    study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame], lang: Language
) -> None:
    study = study_of(TWO_ARMS)
    page = render(build_report(study, panels={"resident": panel_of(study, {"cohesion": 4.0})}), lang)
    spoken = re.findall(r"<(?:p|li|h\d|caption|figcaption)\b[^>]*>(.*?)</", page, re.DOTALL)
    plain = [re.sub(r"<[^>]+>", " ", text) for text in spoken]
    long = [s for text in plain for s in split(text) if len(words_of(s)) > LONGEST]
    assert not long
