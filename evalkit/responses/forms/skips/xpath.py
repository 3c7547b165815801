"""Skip conditions as XPath 1.0 with the functions of ODK XForms, names as `${item}`."""

from __future__ import annotations

import re

from evalkit.instruments.conditions import Answered, Compare, Condition, In, Literal_
from evalkit.instruments.instrument import Instrument, Item
from evalkit.responses.forms.skips.writing import (
    CannotSay,
    Dialect,
    Leaf,
    number,
    quoted,
    together,
    write_condition,
)

_OPERATORS = {"==": "=", "!=": "!="}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_xpath(condition: Condition, form: Instrument) -> str:
    """Write a condition for the column `relevant` of an XLSForm.

    A question that was not asked has the empty string as its value there.

    Standard
    --------
    ODK XForms specification: XPath 1.0, `selected()` and `count-selected()`.

    Raises
    ------
    CannotSay : the order of texts.

    Examples
    --------
    >>> from evalkit.instruments.conditions import parse_condition
    >>> from evalkit.instruments.library import shipped_instrument
    >>> form = shipped_instrument("residents-core")
    >>> write_xpath(parse_condition("activities in [2, 3]"), form)
    "${activities} = '2' or ${activities} = '3'"
    >>> write_xpath(parse_condition("age < 18"), form)
    "(${age} != '') and (number(${age}) != -9) and (number(${age}) < 18)"
    """
    return write_condition(condition, Dialect(lambda leaf: _leaf(leaf, form)))


def _leaf(leaf: Leaf, form: Instrument) -> str:
    item = form.item(leaf.item)
    given = _given(item, form)
    if isinstance(leaf, Answered):
        return together(*given)
    if item.type == "multiple":
        return together(*given, _of_several(leaf))
    if isinstance(leaf, In):
        said = " or ".join(_compared(item, "==", value) for value in leaf.values)
        return said if item.type == "single" else together(*given, said)
    said = _compared(item, leaf.operator, leaf.value)
    # No code of an answer is that of an absent one.
    return said if item.type == "single" and leaf.operator == "==" else together(*given, said)


def _given(item: Item, form: Instrument) -> tuple[str, ...]:
    name = f"${{{item.id}}}"
    codes = [form.absent_codes[kind] for kind in item.absent]
    if item.type == "multiple":
        absent = [f"not(selected({name}, '{code}'))" for code in codes]
    elif item.type in ("single", "text", "date"):
        absent = [f"{name} != '{code}'" for code in codes]
    else:
        absent = [f"number({name}) != {code}" for code in codes]
    return (f"{name} != ''", *absent)


def _of_several(leaf: Compare | In) -> str:
    name = f"${{{leaf.item}}}"
    if isinstance(leaf, In):
        return " or ".join(f"selected({name}, '{number(value)}')" for value in leaf.values)
    operator = _OPERATORS.get(leaf.operator, leaf.operator)
    if leaf.counted:
        return f"count-selected({name}) {operator} {number(leaf.value)}"
    chosen = f"selected({name}, '{number(leaf.value)}')"
    return chosen if leaf.operator == "==" else f"not({chosen})"


def _compared(item: Item, operator: str, value: Literal_) -> str:
    name, sign = f"${{{item.id}}}", _OPERATORS.get(operator, operator)
    if not isinstance(value, str):
        # A choice is known by its name.
        named = item.type == "single" and operator in _OPERATORS
        return f"{name} {sign} '{number(value)}'" if named else f"number({name}) {sign} {number(value)}"
    if item.type == "text":
        if operator not in _OPERATORS:
            raise CannotSay(item.id)
        return f"{name} {sign} {quoted(value)}"
    if not _DAY.fullmatch(value):
        raise CannotSay(item.id)
    # XPath 1.0 orders numbers alone.
    return f"number(translate({name}, '-', '')) {sign} {value.replace('-', '')}"
