"""Check a questionnaire: what would make it wrong, unclear or impossible to score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from evalkit.instruments.checking_conditions import conditions_hold
from evalkit.instruments.conditions import WORDS
from evalkit.instruments.instrument import ABSENT, COLUMN_NAMES, Instrument, Item
from evalkit.instruments.wording import File, Keys, long_sentences, missing_translations
from evalkit.problems import Problem, error, warning

FEWEST_ITEMS = 3
CHOICES = ("single", "multiple")


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


def ids(yaml: File) -> Iterator[Problem]:
    """Find ids that stand twice, and those that a panel or the language of conditions keeps for itself."""
    form = yaml.content
    columns: list[tuple[str, Keys]] = [(item.id, ("items", n)) for n, item in enumerate(form.items)]
    columns += [(scale.id, ("scales", n)) for n, scale in enumerate(form.scales)]
    yield from _repeated(yaml, columns, "instrument.duplicate_id")
    sections: list[tuple[str, Keys]] = [
        (section.id, ("sections", n)) for n, section in enumerate(form.sections)
    ]
    yield from _repeated(yaml, sections, "instrument.duplicate_id")
    for name, keys in columns:
        if name in COLUMN_NAMES or name in WORDS:
            yield error("instrument.reserved_id", yaml.place(*keys), id=name)


def option_codes(yaml: File) -> Iterator[Problem]:
    """Find codes used twice in one set of answers, and codes that also mean an absent answer."""
    form = yaml.content
    absent = set(form.absent_codes.values())
    for name, options in form.options.items():
        codes: list[tuple[str, Keys]] = [(str(o.value), ("options", name, n)) for n, o in enumerate(options)]
        yield from _repeated(yaml, codes, "instrument.duplicate_code")
        if name == ABSENT:
            yield from _absent_kinds(yaml)
            continue
        for number, option in enumerate(options):
            place = yaml.place("options", name, number)
            if option.kind is not None:
                yield error("instrument.kind_outside_absent", place, code=str(option.value))
            elif option.value in absent:
                yield error("instrument.code_means_absent", place, code=str(option.value))


def options_of_items(yaml: File) -> Iterator[Problem]:
    """Find items whose answers, ways of not answering or ranges do not fit their type."""
    form = yaml.content
    for number, item in enumerate(form.items):
        place = yaml.place("items", number, item=item.id)
        if item.options is not None and (item.options == ABSENT or item.options not in form.options):
            yield error("instrument.unknown_options", place, options=item.options)
        elif item.type in CHOICES and not form.options_of(item):
            yield error("instrument.no_options", place, type=item.type)
        elif item.type not in CHOICES and item.options is not None:
            yield error("instrument.options_not_used", place, type=item.type)
        for kind in item.absent:
            if kind not in form.absent_codes:
                yield error("instrument.unknown_absent", place, kind=kind)
        if item.reverse and form.range_of(item) is None:
            yield error("instrument.reverse_without_range", place)
        yield from _range(yaml, number, item)


def sections_list_items(yaml: File) -> Iterator[Problem]:
    """Find sections that list unknown items, and items that no section or two sections list."""
    form = yaml.content
    seen: dict[str, str] = {}
    for number, section in enumerate(form.sections):
        for position, name in enumerate(section.items):
            place = yaml.place("sections", number, "items", position)
            if name not in form.items_by_id:
                yield error("instrument.unknown_item", place, item=name)
            elif name in seen:
                yield error("instrument.item_in_two_sections", place, item=name, other=seen[name])
            seen.setdefault(name, section.id)
    if form.sections:
        for number, item in enumerate(form.items):
            if item.id not in seen:
                yield error("instrument.item_without_section", yaml.place("items", number, item=item.id))


def scales_fit(yaml: File) -> Iterator[Problem]:
    """Find scales that cannot be scored, or say too little, or ask for an alpha that means nothing."""
    for number, scale in enumerate(yaml.content.scales):
        place = yaml.place("scales", number, scale=scale.id)
        yield from _items_of_scale(yaml, number)
        if not scale.items:
            yield error("instrument.empty_scale", place)
        # A warning, no error: real surveys bring short scales, and the mean of two items is still a mean.
        elif len(scale.items) < FEWEST_ITEMS:
            yield warning("instrument.few_items", place, count=len(scale.items))
        if scale.kind == "formative" and scale.reliability == "alpha":
            yield error("instrument.formative_alpha", place)


CHECKS: tuple[Callable[[File], Iterable[Problem]], ...] = (
    ids,
    missing_translations,
    option_codes,
    options_of_items,
    sections_list_items,
    scales_fit,
    conditions_hold,
    long_sentences,
)


def _absent_kinds(yaml: File) -> Iterator[Problem]:
    """Find ways of not answering that do not say which one they are, or share it with another."""
    kinds: list[tuple[str, Keys]] = []
    for number, option in enumerate(yaml.content.absent_options):
        if option.kind is None:
            place = yaml.place("options", ABSENT, number)
            yield error("instrument.absent_without_kind", place, code=str(option.value))
        else:
            kinds.append((option.kind, ("options", ABSENT, number)))
    yield from _repeated(yaml, kinds, "instrument.duplicate_kind")


def _range(yaml: File, number: int, item: Item) -> Iterator[Problem]:
    if item.range is None:
        return
    place = yaml.place("items", number, "range", item=item.id)
    low, high = item.range
    if low > high:
        yield error("instrument.range_reversed", place)
    for code in yaml.content.absent_codes.values():
        if low <= code <= high:
            yield error("instrument.code_means_absent", place, code=str(code))


def _items_of_scale(yaml: File, number: int) -> Iterator[Problem]:
    form, scale = yaml.content, yaml.content.scales[number]
    for position, name in enumerate(scale.items):
        place = yaml.place("scales", number, "items", position, scale=scale.id)
        if name not in form.items_by_id:
            yield error("instrument.unknown_item", place, item=name)
        elif not _scorable(form, form.item(name)):
            yield error("instrument.item_not_scorable", place, item=name)
        if name in scale.items[:position]:
            yield error("instrument.item_twice_in_scale", place, item=name)


def _scorable(form: Instrument, item: Item) -> bool:
    return (
        item.type in ("single", "integer", "number")
        and item.repeat is None
        and form.range_of(item) is not None
    )


def _repeated(yaml: File, named: list[tuple[str, Keys]], code: str) -> Iterator[Problem]:
    first: dict[str, Keys] = {}
    for name, keys in named:
        if name in first:
            line = str(yaml.place(*first[name]).line)
            yield error(code, yaml.place(*keys), id=name, first=line)
        first.setdefault(name, keys)
