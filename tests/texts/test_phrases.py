"""Every sentence exists in both languages, with the same placeholders, in good typography."""

from __future__ import annotations

import re

import pytest

from evalkit.texts.phrases import phrase, placeholders, sentences
from evalkit.texts.text import LANGUAGES

NO_BREAK = "\u00a0"


def _forms(sentence: object) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(dict(sentence).values())  # type: ignore[call-overload]


def test_both_languages_have_the_same_keys() -> None:
    assert set(sentences("fr")) == set(sentences("en"))


@pytest.mark.parametrize("key", sorted(sentences("en")))
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    assert placeholders(sentences("fr")[key]) == placeholders(sentences("en")[key])


def test_every_problem_says_what_and_what_to_do() -> None:
    keys = [k.rsplit(".", 1) for k in sentences("en") if k.startswith("problems.")]
    codes = {stem for stem, last in keys if stem != "problems.place"}
    for code in codes:
        assert f"{code}.what" in sentences("en"), code
        assert f"{code}.do" in sentences("en"), code


def test_french_spaces_before_double_marks_do_not_break() -> None:
    faults = [
        (key, form)
        for key, sentence in sentences("fr").items()
        for form in _forms(sentence)
        if re.search(r"(?<=[^\s(\[/])[ ](?=[:;?!»%])|«[ ]", form) or re.search(r"[a-zà-ÿ]'[a-zà-ÿ]", form)
    ]
    assert not faults, faults[:5]


def test_plural_follows_each_language() -> None:
    key, nought = "commands.problems.error", 0
    assert phrase(key, count=nought).say("en") == "0 errors"
    assert phrase(key, count=nought).say("fr") == "0 erreur"
    assert phrase(key, count=1200).say("fr") == f"1{NO_BREAK}200 erreurs"


def test_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrase("words.no_such_sentence").say("en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_blank(lang: str) -> None:
    assert not [k for k, s in sentences(lang).items() if not all(f.strip() for f in _forms(s))]  # type: ignore[arg-type]
