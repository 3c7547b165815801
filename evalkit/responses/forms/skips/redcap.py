"""Skip conditions as branching logic of REDCap."""

from __future__ import annotations

import re

from evalkit.instruments.conditions import Answered, Condition, In, Literal_
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

_OPERATORS = {"==": "=", "!=": "<>"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_branching(condition: Condition, form: Instrument) -> str:
    """Write a condition as branching logic; a hidden field is empty there.

    Raises
    ------
    CannotSay : the order of texts.

    Examples
    --------
    >>> from evalkit.instruments.conditions import parse_condition
    >>> from evalkit.instruments.library import shipped_instrument
    >>> form = shipped_instrument("residents-core")
    >>> write_branching(parse_condition("activities in [2, 3]"), form)
    "[activities] = '2' or [activities] = '3'"
    """
    return write_condition(condition, Dialect(lambda leaf: _leaf(leaf, form), negated="!({part})"))


def _leaf(leaf: Leaf, form: Instrument) -> str:
    item = form.item(leaf.item)
    if item.type == "multiple":
        return _of_several(leaf, item, form)
    given = (f"[{item.id}] <> ''", *(f"[{item.id}] <> '{form.absent_codes[kind]}'" for kind in item.absent))
    if isinstance(leaf, Answered):
        return together(*given)
    if isinstance(leaf, In):
        said = " or ".join(_compared(item, "==", value) for value in leaf.values)
        return said if item.type == "single" else together(*given, said)
    said = _compared(item, leaf.operator, leaf.value)
    # No code of an answer is that of an absent one.
    return said if item.type == "single" and leaf.operator == "==" else together(*given, said)


def _of_several(leaf: Leaf, item: Item, form: Instrument) -> str:
    boxes = [f"[{item.id}({option.value})]" for option in form.options_of(item)]
    count = f"sum({', '.join(boxes)})"
    absent = [f"[{item.id}({form.absent_codes[kind]})] <> '1'" for kind in item.absent]
    given = (f"{count} > 0", *absent)
    if isinstance(leaf, Answered):
        return together(*given)
    if isinstance(leaf, In):
        return together(*given, " or ".join(f"[{item.id}({number(value)})] = '1'" for value in leaf.values))
    operator = _OPERATORS.get(leaf.operator, leaf.operator)
    if leaf.counted:
        return together(*given, f"{count} {operator} {number(leaf.value)}")
    return together(*given, f"[{item.id}({number(leaf.value)})] {operator} '1'")


def _compared(item: Item, operator: str, value: Literal_) -> str:
    name, sign = f"[{item.id}]", _OPERATORS.get(operator, operator)
    if not isinstance(value, str):
        named = item.type == "single" and operator in _OPERATORS
        return f"{name} {sign} '{number(value)}'" if named else f"{name} {sign} {number(value)}"
    if item.type == "text":
        if operator not in _OPERATORS:
            raise CannotSay(item.id)
        return f"{name} {sign} {quoted(value)}"
    if not _DAY.fullmatch(value):
        raise CannotSay(item.id)
    if operator in _OPERATORS:
        return f"{name} {sign} '{value}'"
    # Signed: days from the literal to the answer.
    return f"datediff('{value}', {name}, 'd', true) {sign} 0"
