"""Every set of answers is found again in the text that joins their labels, whatever marks they hold."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.instruments.instrument import Instrument
from evalkit.registry import discover
from evalkit.responses.exports.answer_words import segmented, words_of
from evalkit.responses.exports.recognising import PLATFORMS
from evalkit.responses.exports.words import loose_words
from evalkit.texts.text import text_of

MARKS = st.sampled_from(
    ["a", "b", "é", ",", ";", " ", "|", "’", "'", '"', "\n", "=", "🙂", "ש", "/", "«", "»", "?"]
)
LABEL = st.lists(MARKS, min_size=1, max_size=6).map("".join).filter(lambda text: any(map(str.isalnum, text)))
LABELS = st.lists(LABEL, min_size=1, max_size=5, unique_by=loose_words)


@given(LABELS, st.data(), st.sampled_from([", ", ";", " ", " | "]))
def test_joined_labels_can_be_parted_again(labels: list[str], data: st.DataObject, joint: str) -> None:
    plain = [loose_words(label) for label in labels]
    chosen = data.draw(st.lists(st.integers(0, len(labels) - 1), min_size=1, unique=True))
    known = {label: frozenset([code]) for code, label in enumerate(plain)}
    text = joint.join(plain[code] for code in chosen)
    assert tuple(sorted(chosen)) in segmented(text, known, most=10**6)


@settings(max_examples=50)
@given(LABELS, st.data())
def test_a_label_alone_is_its_code_on_every_platform(labels: list[str], data: st.DataObject) -> None:
    code = data.draw(st.integers(0, len(labels) - 1))
    form = _form(labels)
    for platform in discover(PLATFORMS, "PLATFORM").values():
        found = words_of(form, form.item("needs"), platform).read(labels[code])
        assert (code,) in found.as_labels
        spelled = platform.codes(form, form.item("needs"), code)[0]
        assert words_of(form, form.item("needs"), platform).read(spelled).as_codes == (code,)


def test_a_long_text_of_many_labels_is_no_matter() -> None:
    assert segmented(" ".join(["a"] * 20_000), {"a": frozenset([1])}) == {(1,)}


def test_a_label_of_two_answers_means_both() -> None:
    assert segmented("a", {"a": frozenset([1, 2])}) == {(1,), (2,)}


def _form(labels: list[str]) -> Instrument:
    options = [{"value": code, "label": text_of(label)} for code, label in enumerate(labels)]
    return Instrument.model_validate(
        {
            "instrument": "drawn",
            "version": "1.0",
            "population": "resident",
            "title": text_of("Drawn"),
            "options": {"needs": options},
            "items": [{"id": "needs", "type": "multiple", "options": "needs", "text": text_of("Needs?")}],
        }
    )
