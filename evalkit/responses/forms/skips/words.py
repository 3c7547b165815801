"""Skip conditions in French and English words, for paper and for platforms that cannot skip."""

from __future__ import annotations

from evalkit.instruments.conditions import Answered, Compare, Condition, Literal_
from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.forms.skips.writing import Dialect, Leaf, number, write_condition
from evalkit.texts.phrases import phrase
from evalkit.texts.text import Language

_OPERATORS = {"==": "is", "!=": "is_not", "<": "under", "<=": "at_most", ">": "over", ">=": "at_least"}


def write_words(condition: Condition, form: Instrument, lang: Language) -> str:
    """Write a condition as somebody who fills the form reads it: questions and answers by their texts.

    Examples
    --------
    >>> from evalkit.instruments.conditions import parse_condition
    >>> from evalkit.instruments.library import shipped_instrument
    >>> form = shipped_instrument("residents-core")
    >>> write_words(parse_condition("age < 18"), form, "en")
    'the answer to “How old are you?” is under 18'
    """
    dialect = Dialect(
        lambda leaf: _leaf(leaf, form, lang),
        both=phrase("forms.words.both").say(lang),
        either=phrase("forms.words.either").say(lang),
        negated=phrase("forms.words.negated", part="{part}").say(lang),
    )
    return write_condition(condition, dialect)


def _leaf(leaf: Leaf, form: Instrument, lang: Language) -> str:
    item = form.item(leaf.item)
    question = item.text.say(lang)
    if isinstance(leaf, Answered):
        return phrase("forms.words.answered", question=question).say(lang)
    if isinstance(leaf, Compare) and leaf.counted:
        relation = _relation(leaf, number(leaf.value), lang)
        return phrase("forms.words.counted", question=question, relation=relation).say(lang)
    if isinstance(leaf, Compare):
        relation = _relation(leaf, _said(leaf.value, item, form, lang), lang)
    else:
        either = phrase("forms.words.either").say(lang)
        values = either.join(_said(value, item, form, lang) for value in leaf.values)
        relation = phrase("forms.words.is", value=values).say(lang)
    return phrase("forms.words.compared", question=question, relation=relation).say(lang)


def _relation(leaf: Compare, value: str, lang: Language) -> str:
    return phrase(f"forms.words.{_OPERATORS[leaf.operator]}", value=value).say(lang)


def _said(value: Literal_, item: Item, form: Instrument, lang: Language) -> str:
    labels = {option.value: option.label.say(lang) for option in form.options_of(item)}
    if value in labels:
        return phrase("forms.words.label", label=labels[int(value)]).say(lang)
    return value if isinstance(value, str) else number(value)
