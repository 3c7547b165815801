"""Check the skip conditions of a questionnaire: that they can be read, answered in time, and can hold."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.instruments.conditions import (
    Answered,
    Compare,
    Condition,
    ConditionError,
    In,
    leaves,
    parse_condition,
)
from evalkit.instruments.instrument import Instrument, Item, order_asked
from evalkit.instruments.wording import File
from evalkit.problems import Place, Problem, error


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
            position = str(fault.position + 1)
            yield error("condition.cannot_be_read", place, reason=fault.reason, position=position)
            continue
        for other in sorted(condition.items):
            if other not in form.items_by_id:
                yield error("condition.unknown_item", place, item=other)
            elif order[other] >= order[item.id]:
                yield error("condition.later_item", place, item=other)
            elif form.item(other).repeat is not None:
                yield error("condition.repeated_item", place, item=other)
        yield from _values_fit(form, condition, place)


def _values_fit(form: Instrument, condition: Condition, place: Place) -> Iterator[Problem]:
    for leaf in leaves(condition.root):
        item = form.items_by_id.get(leaf.item)
        if item is None or isinstance(leaf, Answered):
            continue
        if not _type_fits(item, leaf):
            yield error("condition.wrong_type", place, item=item.id, type=item.type)
        elif item.options is not None and not (isinstance(leaf, Compare) and leaf.counted):
            codes = {option.value for option in form.options_of(item)}
            for value in _values_of(leaf):
                if value not in codes:
                    yield error("condition.unknown_code", place, code=str(value), item=item.id)


def _type_fits(item: Item, leaf: Compare | In) -> bool:
    """Tell whether an item of this type can answer: text with text, numbers with numbers, sets unordered."""
    if isinstance(leaf, Compare) and leaf.counted:
        return item.type == "multiple" and not isinstance(leaf.value, str)
    if item.type == "multiple" and isinstance(leaf, Compare) and leaf.operator not in ("==", "!="):
        return False
    written = item.type in ("text", "date")
    return all(isinstance(value, str) == written for value in _values_of(leaf))


def _values_of(leaf: Compare | In) -> tuple[int | float | str, ...]:
    return leaf.values if isinstance(leaf, In) else (leaf.value,)
