"""Skip conditions: a small language, parsed once into nodes that other modules evaluate or write out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, NoReturn, cast

from evalkit.texts.phrases import Phrase, phrase

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
Literal_ = int | float | str

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'[^']*'|"[^"]*")|(?P<word>[a-zA-Z][a-zA-Z0-9]*)
        |(?P<operator>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],]))""",
    re.VERBOSE,
)
WORDS = frozenset({"and", "or", "not", "in", "answered", "count"})
MOST_NESTED = 100  # brackets and `not`: nobody writes more, and Python's stack bears it


class ConditionError(ValueError):
    """Raised when a condition cannot be parsed; `position` counts characters from 0."""

    def __init__(self, reason: Phrase, position: int) -> None:
        super().__init__(reason.say("en"))
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare an item, or the number of its selected options, with a value."""

    item: str
    operator: Operator
    value: Literal_
    counted: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """Ask whether an item takes one of some values; for `multiple`, whether one of them is selected."""

    item: str
    values: tuple[Literal_, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """Ask whether an item was answered."""

    item: str


@dataclass(frozen=True, slots=True)
class Not:
    """Turn a condition round."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """Ask that all parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Ask that one part holds."""

    parts: tuple[Node, ...]


Node = Compare | In | Answered | Not | And | Or


@dataclass(frozen=True, slots=True)
class Condition:
    """Hold a parsed condition and the words that it came from."""

    source: str
    root: Node

    @property
    def items(self) -> frozenset[str]:
        """Return the ids of the items that the condition asks about."""
        return frozenset(leaf.item for leaf in leaves(self.root))


def leaves(node: Node) -> tuple[Compare | In | Answered, ...]:
    """Return the questions about single items that a condition is made of, from left to right."""
    if isinstance(node, Not):
        return leaves(node.part)
    if isinstance(node, And | Or):
        return tuple(leaf for part in node.parts for leaf in leaves(part))
    return (node,)


def parse_condition(source: str) -> Condition:
    """Parse a condition.

    Parameters
    ----------
    source : comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`), `in [..]`, `and`, `or`, `not`, brackets,
        `answered(item)`, `count(item)`; items by id, values as codes or quoted text.

    Returns
    -------
    The condition.

    Raises
    ------
    ConditionError : with the reason and the position.

    Examples
    --------
    >>> condition = parse_condition("hadevent == 1 and (age >= 18 or count(needs) > 2)")
    >>> sorted(condition.items)
    ['age', 'hadevent', 'needs']
    """
    tokens = _tokens(source)
    nested = [token for token in tokens if token.text in ("(", "not")]
    if len(nested) > MOST_NESTED:
        raise ConditionError(phrase("conditions.too_deep", most=MOST_NESTED), nested[MOST_NESTED].position)
    parser = _Parser(source, tokens)
    root = parser.either()
    parser.end()
    return Condition(source, root)


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def _tokens(source: str) -> tuple[_Token, ...]:
    tokens, position = [], 0
    while source[position:].strip():
        found = _TOKEN.match(source, position)
        if found is None:
            start = position + len(source[position:]) - len(source[position:].lstrip())
            raise ConditionError(phrase("conditions.unknown_character", found=source[start]), start)
        kind = str(found.lastgroup)
        tokens.append(_Token(kind, found.group(kind), found.start(kind)))
        position = found.end()
    return tuple(tokens)


class _Parser:
    """Descend through the tokens: or, and, not, then one question about an item."""

    def __init__(self, source: str, tokens: tuple[_Token, ...]) -> None:
        self.tokens = (*tokens, _Token("end", "", len(source)))
        self.place = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Node:
        parts = [self.negated()]
        while self.take("and"):
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negated(self) -> Node:
        if self.take("not"):
            return Not(self.negated())
        if self.take("("):
            inner = self.either()
            self.expect(")")
            return inner
        return self.question()

    def question(self) -> Node:
        if self.take("answered"):
            return Answered(self.item_in_brackets())
        if self.take("count"):
            return Compare(self.item_in_brackets(), self.operator(), self.value(), counted=True)
        item = self.item()
        if self.take("in"):
            return In(item, self.values())
        return Compare(item, self.operator(), self.value())

    def item_in_brackets(self) -> str:
        self.expect("(")
        item = self.item()
        self.expect(")")
        return item

    def item(self) -> str:
        if self.token.kind != "word" or self.token.text in WORDS:
            self.fail(phrase("conditions.item_expected"))
        return self.advance().text

    def operator(self) -> Operator:
        if self.token.kind != "operator":
            self.fail(phrase("conditions.comparison_expected"))
        return cast(Operator, self.advance().text)

    def value(self) -> Literal_:
        token = self.token
        if token.kind not in ("number", "text"):
            self.fail(phrase("conditions.value_expected"))
        self.advance()
        if token.kind == "text":
            return token.text[1:-1]
        return float(token.text) if "." in token.text else int(token.text)

    def values(self) -> tuple[Literal_, ...]:
        self.expect("[")
        found = [self.value()]
        while self.take(","):
            found.append(self.value())
        self.expect("]")
        return tuple(found)

    def take(self, text: str) -> bool:
        taken = self.token.kind in ("word", "mark") and self.token.text == text
        self.place += taken
        return taken

    def expect(self, text: str) -> None:
        if not self.take(text):
            self.fail(phrase("conditions.mark_expected", mark=text))

    def end(self) -> None:
        if self.token.kind != "end":
            self.fail(phrase("conditions.too_much", found=self.token.text))

    def advance(self) -> _Token:
        token = self.token
        self.place += 1
        return token

    def fail(self, reason: Phrase) -> NoReturn:
        raise ConditionError(reason, self.token.position)
