"""Check a questionnaire: what would make it wrong, unclear or impossible to score."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from evalkit.instruments.conditions import (
    Compare,
    Condition,
    ConditionError,
    In,
    leaves,
    parse_condition,
)
from evalkit.instruments.instrument import ABSENT, Instrument, Item
from evalkit.problems import Problem, error, note, warning
from evalkit.texts.text import Text
from evalkit.yaml_files import YamlFile

# Plain-language guides of Québec: 12 to 15 words a sentence; over 20 a reader is lost.
LONG_SENTENCE = 15
TOO_LONG_SENTENCE = 20
FEWEST_ITEMS = 3
Keys = tuple[str | int, ...]
File = YamlFile[Instrument]


def check_instrument(yaml: File) -> tuple[Problem, ...]:
    """Return every problem of a questionnaire, with its line, in the order of the checks.

    Parameters
    ----------
    yaml : the file as read, which knows its lines.

    Returns
    -------
    Errors (the questionnaire cannot be used), warnings and notes.
    """
    return tuple(problem for check in CHECKS for problem in check(yaml))


def missing_translations(yaml: File) -> Iterator[Problem]:
    """Find texts that are not written in each language of the questionnaire."""
    for text, keys in texts_of(yaml.content):
        for lang in text.missing(yaml.content.languages):
            yield error("instrument.missing_translation", yaml.place(*keys), language=lang)


def long_sentences(yaml: File) -> Iterator[Problem]:
    """Find sentences that people will not read to their end."""
    for text, keys in texts_of(yaml.content):
        for lang, words in text.root.items():
            longest = max((len(part.split()) for part in re.split(r"[.!?;:]\s", words)), default=0)
            if longest > TOO_LONG_SENTENCE:
                yield warning("instrument.sentence_too_long", yaml.place(*keys), language=lang, words=longest)
            elif longest > LONG_SENTENCE:
                yield note("instrument.sentence_long", yaml.place(*keys), language=lang, words=longest)


def duplicate_ids(yaml: File) -> Iterator[Problem]:
    """Find ids used twice. Items and scales share one space: both become columns of the panel."""
    form = yaml.content
    columns: list[tuple[str, Keys]] = [(item.id, ("items", n)) for n, item in enumerate(form.items)]
    columns += [(scale.id, ("scales", n)) for n, scale in enumerate(form.scales)]
    yield from _repeated(yaml, columns, "instrument.duplicate_id")
    sections: list[tuple[str, Keys]] = [
        (section.id, ("sections", n)) for n, section in enumerate(form.sections)
    ]
    yield from _repeated(yaml, sections, "instrument.duplicate_id")


def option_codes(yaml: File) -> Iterator[Problem]:
    """Find codes used twice in one set of answers, and codes that also mean an absent answer."""
    form = yaml.content
    absent = set(form.absent_codes.values())
    for name, options in form.options.items():
        codes: list[tuple[str, Keys]] = [(str(o.value), ("options", name, n)) for n, o in enumerate(options)]
        yield from _repeated(yaml, codes, "instrument.duplicate_code")
        for number, option in enumerate(options):
            place = yaml.place("options", name, number)
            if name == ABSENT and option.kind is None:
                yield error("instrument.absent_without_kind", place, code=str(option.value))
            elif name != ABSENT and option.value in absent:
                yield error("instrument.code_means_absent", place, code=str(option.value))


def options_of_items(yaml: File) -> Iterator[Problem]:
    """Find items whose answers, ways of not answering or ranges do not fit their type."""
    form = yaml.content
    for number, item in enumerate(form.items):
        place = yaml.place("items", number, item=item.id)
        if item.type in ("single", "multiple") and item.options is None:
            yield error("instrument.no_options", place, type=item.type)
        elif item.options is not None and (item.options == ABSENT or item.options not in form.options):
            yield error("instrument.unknown_options", place, options=item.options)
        for kind in item.absent:
            if kind not in form.absent_codes:
                yield error("instrument.unknown_absent", place, kind=kind)
        if item.range is not None and item.range[0] > item.range[1]:
            yield error("instrument.range_reversed", place)
        if item.reverse and form.range_of(item) is None:
            yield error("instrument.reverse_without_range", place)


def sections_list_items(yaml: File) -> Iterator[Problem]:
    """Find sections that list unknown items, and items that no section or two sections list."""
    form = yaml.content
    seen: dict[str, str] = {}
    for number, section in enumerate(form.sections):
        place = yaml.place("sections", number)
        for item in section.items:
            if item not in form.items_by_id:
                yield error("instrument.unknown_item", place, item=item)
            elif item in seen:
                yield error("instrument.item_in_two_sections", place, item=item, other=seen[item])
            seen.setdefault(item, section.id)
    if form.sections:
        for number, item_ in enumerate(form.items):
            if item_.id not in seen:
                yield error("instrument.item_without_section", yaml.place("items", number, item=item_.id))


def scales_fit(yaml: File) -> Iterator[Problem]:
    """Find scales that cannot be scored, or say too little, or ask for an alpha that means nothing."""
    form = yaml.content
    for number, scale in enumerate(form.scales):
        place = yaml.place("scales", number, scale=scale.id)
        for name in scale.items:
            if name not in form.items_by_id:
                yield error("instrument.unknown_item", place, item=name)
            elif form.range_of(form.item(name)) is None or form.item(name).type in (
                "multiple",
                "text",
                "date",
            ):
                yield error("instrument.item_not_scorable", place, item=name)
        if len(scale.items) < FEWEST_ITEMS:
            yield warning("instrument.few_items", place, count=len(scale.items))
        if scale.kind == "formative" and scale.reliability == "alpha":
            yield error("instrument.formative_alpha", place)


def conditions_hold(yaml: File) -> Iterator[Problem]:
    """Find skip conditions that cannot be parsed or ask about what is not known yet."""
    form = yaml.content
    order = {name: place for place, name in enumerate(order_asked(form))}
    for number, item in enumerate(form.items):
        if item.ask_if is None:
            continue
        place = yaml.place("items", number, "ask_if", item=item.id)
        try:
            condition = parse_condition(item.ask_if)
        except ConditionError as fault:
            names = {"reason": fault.reason, "position": fault.position + 1}
            yield error("condition.cannot_be_read", place, **names)
            continue
        for other in sorted(condition.items):
            if other not in form.items_by_id:
                yield error("condition.unknown_item", place, item=other)
            elif order[other] >= order[item.id]:
                yield error("condition.later_item", place, item=other)
        for code, asked in _unknown_codes(form, condition):
            yield error("condition.unknown_code", place, code=code, item=asked.id)


CHECKS: tuple[Callable[[File], Iterable[Problem]], ...] = (
    duplicate_ids,
    missing_translations,
    option_codes,
    options_of_items,
    sections_list_items,
    scales_fit,
    conditions_hold,
    long_sentences,
)


def order_asked(form: Instrument) -> tuple[str, ...]:
    """Return the ids of the items in the order in which they are asked: by section, then the others."""
    in_sections = [name for section in form.sections for name in section.items if name in form.items_by_id]
    others = [item.id for item in form.items if item.id not in in_sections]
    return tuple(dict.fromkeys([*in_sections, *others]))


def texts_of(form: Instrument) -> Iterator[tuple[Text, Keys]]:
    """Give every text of a questionnaire and the keys under which it stands."""
    yield form.title, ("title",)
    for name, options in form.options.items():
        for number, option in enumerate(options):
            yield option.label, ("options", name, number)
    for number, item in enumerate(form.items):
        yield item.text, ("items", number)
        if item.help is not None:
            yield item.help, ("items", number, "help")
    for number, section in enumerate(form.sections):
        yield section.title, ("sections", number)
        if section.intro is not None:
            yield section.intro, ("sections", number, "intro")
    for number, scale in enumerate(form.scales):
        yield scale.label, ("scales", number)


def _repeated(yaml: File, named: list[tuple[str, Keys]], code: str) -> Iterator[Problem]:
    first: dict[str, Keys] = {}
    for name, keys in named:
        if name in first:
            line = yaml.place(*first[name]).line or 0
            yield error(code, yaml.place(*keys), id=name, first=line)
        first.setdefault(name, keys)


def _unknown_codes(form: Instrument, condition: Condition) -> Iterator[tuple[str, Item]]:
    for leaf in leaves(condition.root):
        item = form.items_by_id.get(leaf.item)
        if item is None or item.options is None or (isinstance(leaf, Compare) and leaf.counted):
            continue
        asked = leaf.values if isinstance(leaf, In) else (leaf.value,) if isinstance(leaf, Compare) else ()
        codes = {option.value for option in form.options_of(item)}
        yield from ((str(value), item) for value in asked if value not in codes)
