"""The words of a questionnaire: where each text stands, whether it is translated, whether it is plain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Problem, error, note, warning
from evalkit.texts.text import Text
from evalkit.yaml_files import YamlFile

# Plain-language guides of Québec: 12 to 15 words a sentence; over 20 a reader is lost.
LONG_SENTENCE = 15
TOO_LONG_SENTENCE = 20
Keys = tuple[str | int, ...]
File = YamlFile[Instrument]


def missing_translations(yaml: File) -> Iterator[Problem]:
    """Find texts that are not written in each language of the questionnaire."""
    for text, keys in texts_of(yaml.content):
        for lang in text.missing(yaml.content.languages):
            yield error("instrument.missing_translation", yaml.place(*keys), language=lang)


def long_sentences(yaml: File) -> Iterator[Problem]:
    """Find sentences that people will not read to their end."""
    for text, keys in texts_of(yaml.content):
        for lang, words in text.root.items():
            longest = longest_sentence(words)
            if longest > TOO_LONG_SENTENCE:
                yield warning("instrument.sentence_too_long", yaml.place(*keys), language=lang, words=longest)
            elif longest > LONG_SENTENCE:
                yield note("instrument.sentence_long", yaml.place(*keys), language=lang, words=longest)


def longest_sentence(words: str) -> int:
    """Return the number of words of the longest sentence; marks that stand alone are no words.

    Examples
    --------
    >>> longest_sentence("Do you go out? If so : with whom ?")
    4
    """
    sentences = re.split(r"[.!?…]+\s", words)
    return max(sum(any(map(str.isalnum, word)) for word in sentence.split()) for sentence in sentences)


def texts_of(form: Instrument) -> Iterator[tuple[Text, Keys]]:
    """Give every text of a questionnaire and the keys under which it stands."""
    yield form.title, ("title",)
    for name, options in form.options.items():
        for number, option in enumerate(options):
            yield option.label, ("options", name, number, "label")
    for number, item in enumerate(form.items):
        yield item.text, ("items", number, "text")
        if item.help is not None:
            yield item.help, ("items", number, "help")
    for number, section in enumerate(form.sections):
        yield section.title, ("sections", number, "title")
        if section.intro is not None:
            yield section.intro, ("sections", number, "intro")
    for number, scale in enumerate(form.scales):
        yield scale.label, ("scales", number, "label")
