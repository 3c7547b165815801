"""Length of sentences is counted in words, as a reader counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.instruments.library import shipped_instrument
from evalkit.instruments.wording import longest_sentence, texts_of

WORD = st.text("abcdeé", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 0),
        ("Un mot\u00a0?", 2),
        ("Un. Deux trois. Quatre", 2),
        ("L’entrée du HLM", 3),
        ("«\u00a0Oui\u00a0»\u00a0: non", 2),
        ("Version 2.5 of it", 4),
        ("Really?! Yes indeed, so it is.", 5),
    ],
)
def test_counts_the_words_of_the_longest_sentence(words: str, count: int) -> None:
    assert longest_sentence(words) == count


@given(st.lists(st.lists(WORD, min_size=1, max_size=30), min_size=1, max_size=5), st.sampled_from(".!?"))
def test_marks_and_order_of_sentences_do_not_count(sentences: list[list[str]], mark: str) -> None:
    text = " ".join(" ".join(words) + mark for words in sentences)
    assert longest_sentence(text) == max(len(words) for words in sentences)


def test_every_text_is_looked_at() -> None:
    form = shipped_instrument("residents-core")
    texts = [text for text, _ in texts_of(form)]
    expected = [
        form.title,
        *(item.text for item in form.items),
        *(section.title for section in form.sections),
    ]
    expected += [option.label for options in form.options.values() for option in options]
    expected += [section.intro for section in form.sections if section.intro]
    expected += [item.help for item in form.items if item.help]
    expected += [scale.label for scale in form.scales]
    assert sorted(str(text) for text in texts) == sorted(str(text) for text in expected)
