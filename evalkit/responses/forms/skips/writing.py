"""Write a skip condition in another language: what joins questions is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from evalkit.instruments.conditions import And, Answered, Compare, Condition, In, Literal_, Node, Not, Or

Leaf = Compare | In | Answered


class CannotSay(ValueError):
    """Raised when a language has no words for what a condition asks about `item`."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item


@dataclass(frozen=True)
class Dialect:
    """Hold how a language joins questions.

    Parameters
    ----------
    leaf : writes a question about one item; false where the item was not asked, blank or absent.
    both, either : words between parts.
    negated : what stands around a part that is turned round, with `{part}`.
    """

    leaf: Callable[[Leaf], str]
    both: str = " and "
    either: str = " or "
    negated: str = "not({part})"


def write_condition(condition: Condition, dialect: Dialect) -> str:
    """Write a condition in a dialect.

    Raises
    ------
    CannotSay : the language has no words for a part of it.
    """
    return _written(condition.root, dialect)


def _written(node: Node, dialect: Dialect) -> str:
    if isinstance(node, Not):
        return dialect.negated.replace("{part}", _written(node.part, dialect))
    if isinstance(node, And | Or):
        joint = dialect.both if isinstance(node, And) else dialect.either
        return joint.join(bracketed(_written(part, dialect)) for part in node.parts)
    return dialect.leaf(node)


def bracketed(part: str) -> str:
    """Return a part in brackets, so that the order of `and` and `or` is ours in every language."""
    return f"({part})"


def together(*parts: str, joint: str = " and ") -> str:
    """Return parts that must all hold; what is empty asks nothing, and one part needs no brackets."""
    said = [part for part in parts if part]
    return said[0] if len(said) == 1 else joint.join(map(bracketed, said))


def number(value: Literal_) -> str:
    """Return a number without an exponent, which not every language reads; 2.0 is the code 2.

    Examples
    --------
    >>> number(2.5), number(2.0), number(-8), number(1e17)
    ('2.5', '2', '-8', '100000000000000000')
    """
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else format(Decimal(repr(value)), "f")


def quoted(text: str) -> str:
    """Return a text in the quotation marks that it does not hold itself; a condition cannot hold both.

    Examples
    --------
    >>> quoted("it's"), quoted("here")
    ('"it\\'s"', "'here'")
    """
    return f'"{text}"' if "'" in text else f"'{text}'"
