"""Skip conditions as relevance equations of LimeSurvey's ExpressionScript."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping
from typing import Any

from evalkit.instruments.conditions import Answered, Compare, Condition, In, Literal_
from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.forms.coding import limesurvey_codes
from evalkit.responses.forms.skips.writing import (
    Dialect,
    Leaf,
    number,
    quoted,
    together,
    write_condition,
)

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def write_expression(condition: Condition, form: Instrument, variables: Mapping[str, str] = {}) -> str:
    """Write a condition as a relevance equation.

    `.NAOK` gives the empty string for what was not asked; without it the whole equation would fail.

    Parameters
    ----------
    variables : by item that stands in an array, its name in expressions, such as `mcoh1_coh1`.

    Standard
    --------
    LimeSurvey manual, ExpressionScript: `is_empty`, `count`, `strcmp`, `substr`.

    Examples
    --------
    >>> from evalkit.instruments.conditions import parse_condition
    >>> from evalkit.instruments.library import shipped_instrument
    >>> form = shipped_instrument("residents-core")
    >>> write_expression(parse_condition("activities in [2, 3]"), form)
    'activities.NAOK == "2" or activities.NAOK == "3"'
    """
    return write_condition(condition, Dialect(lambda leaf: _leaf(leaf, form, variables), negated="!({part})"))


def _leaf(leaf: Leaf, form: Instrument, variables: Mapping[str, str]) -> str:
    item = form.item(leaf.item)
    if item.type == "multiple":
        return _of_several(leaf, item, form)
    name = f"{variables.get(item.id, item.id)}.NAOK"
    if isinstance(leaf, Answered):
        return together(*_given(item, name, form))
    if item.type == "single":
        return _of_one(leaf, item, name, form)
    if isinstance(leaf, In):
        said = " or ".join(_compared(item, name, "==", value) for value in leaf.values)
    else:
        said = _compared(item, name, leaf.operator, leaf.value)
    return together(*_given(item, name, form), said)


def _given(item: Item, name: str, form: Instrument) -> tuple[str, ...]:
    codes = [form.absent_codes[kind] for kind in item.absent]
    if item.type == "single":
        absent = [f'{name} != "{limesurvey_codes(form, item, code)[0]}"' for code in codes]
    elif item.type == "text":
        absent = [f'strcmp({name}, "{code}") != 0' for code in codes]
    else:
        absent = [f"{name} != {code}" for code in codes if item.type != "date"]
    return (f"!is_empty({name})", *absent)


def _of_one(leaf: Compare | In, item: Item, name: str, form: Instrument) -> str:
    """Ask by the codes of answers, which need not be the numbers that we compare."""
    if isinstance(leaf, In):
        values = list(leaf.values)
    else:
        offered = [option.value for option in form.options_of(item)]
        values = [value for value in offered if _COMPARE[leaf.operator](value, leaf.value)]
    said = (f'{name} == "{limesurvey_codes(form, item, int(value))[0]}"' for value in values)
    return " or ".join(said) or "0"


def _of_several(leaf: Leaf, item: Item, form: Instrument) -> str:
    def box(value: Literal_) -> str:
        return f"{item.id}_{limesurvey_codes(form, item, int(value))[0]}.NAOK"

    boxes = ", ".join(box(option.value) for option in form.options_of(item))
    absent = [f'{box(form.absent_codes[kind])} != "Y"' for kind in item.absent]
    given = (f"count({boxes}) > 0", *absent)
    if isinstance(leaf, Answered):
        return together(*given)
    if isinstance(leaf, In):
        return together(*given, " or ".join(f'{box(value)} == "Y"' for value in leaf.values))
    if leaf.counted:
        return together(*given, f"count({boxes}) {leaf.operator} {number(leaf.value)}")
    return together(*given, f'{box(leaf.value)} {leaf.operator} "Y"')


def _compared(item: Item, name: str, operator: str, value: Literal_) -> str:
    if not isinstance(value, str):
        return f"{name} {operator} {number(value)}"
    # Two texts that look like numbers would be compared as numbers; a day may come with its hour.
    said = f"substr({name}, 0, 10)" if item.type == "date" else name
    return f"strcmp({said}, {quoted(value)}) {operator} 0"
