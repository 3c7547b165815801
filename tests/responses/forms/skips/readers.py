"""Small readers of the languages that skips are written in, with the meanings that the platforms document."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree

from elementpath import XPath1Parser, XPathContext

Cells = Mapping[str, str]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "=": operator.eq, "!=": operator.ne, "<>": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'[^']*'|"[^"]*")|(?P<field>\[\w+(?:\(-?\w+\))?\])
        |(?P<word>[A-Za-z_]\w*(?:\.NAOK)?)|(?P<operator>==|!=|<>|<=|>=|[<>=])|(?P<mark>[(),!]))""",
    re.VERBOSE,
)


class OdkParser(XPath1Parser):
    """XPath 1.0 with the two functions of ODK XForms for answers of several choices."""


@OdkParser.method(OdkParser.function("selected", nargs=2))
def evaluate_selected(self: Any, context: Any = None) -> bool:
    return self.get_argument(context, 1) in _text(self, context).split()


@OdkParser.method(OdkParser.function("count-selected", nargs=1))
def evaluate_count_selected(self: Any, context: Any = None) -> int:
    return len(_text(self, context).split())


OdkParser.build()


def _text(token: Any, context: Any) -> str:
    return str(token.get_argument(context, 0))


def holds_in_odk(expression: str, cells: Cells) -> bool:
    """Evaluate a relevance; a name stands for its value, the empty string where it was not asked."""
    root = ElementTree.Element("data")
    for name, text in cells.items():
        ElementTree.SubElement(root, name).text = text
    paths = re.sub(r"\$\{(\w+)\}", r"string(/data/\1)", expression)
    token = OdkParser().parse(f"boolean({paths})")
    return bool(token.evaluate(XPathContext(ElementTree.ElementTree(root))))


class Reader:
    """Descend through an expression: or, and, not, comparison, then a value, a name or a function."""

    def __init__(self, expression: str, cells: Cells) -> None:
        self.tokens = [(str(m.lastgroup), m.group(str(m.lastgroup))) for m in _TOKEN.finditer(expression)]
        assert "".join(t for _, t in self.tokens) == re.sub(
            r"\s+(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", "", expression
        )
        self.cells, self.place = cells, 0

    def read(self) -> bool:
        found = self.either()
        assert self.place == len(self.tokens)
        return bool(found)

    def either(self) -> Any:
        found = self.both()
        while self.take("or"):
            found = bool(self.both()) or bool(found)
        return found

    def both(self) -> Any:
        found = self.compared()
        while self.take("and"):
            found = bool(self.compared()) and bool(found)
        return found

    def compared(self) -> Any:
        left = self.value()
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "operator":
            sign = self.advance()
            return self.compare(left, sign, self.value())
        return left

    def value(self) -> Any:
        kind, text = self.tokens[self.place]
        self.place += 1
        if text == "!":
            return not self.value()
        if text == "(":
            found = self.either()
            assert self.take(")")
            return found
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1]
        if kind == "word" and self.take("("):
            arguments = [self.either()]
            while self.take(","):
                arguments.append(self.either())
            assert self.take(")")
            return self.call(text, arguments)
        return self.cell(text)

    def take(self, text: str) -> bool:
        taken = self.place < len(self.tokens) and self.tokens[self.place][1] == text
        self.place += taken
        return taken

    def advance(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1][1]

    def cell(self, name: str) -> Any:
        raise NotImplementedError

    def call(self, name: str, arguments: list[Any]) -> Any:
        raise NotImplementedError

    def compare(self, left: Any, sign: str, right: Any) -> bool:
        raise NotImplementedError


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


class LimeSurveyReader(Reader):
    """ExpressionScript: what looks like numbers compares as numbers, even in quotation marks."""

    def cell(self, name: str) -> Any:
        # Without .NAOK a question that was not asked makes the whole expression false.
        assert name.endswith(".NAOK")
        return self.cells[name.removesuffix(".NAOK")]

    def call(self, name: str, arguments: list[Any]) -> Any:
        if name == "is_empty":
            return arguments[0] == ""
        if name == "count":
            return float(sum(cell != "" for cell in arguments))
        if name == "substr":
            return arguments[0][int(arguments[1]) : int(arguments[1]) + int(arguments[2])]
        assert name == "strcmp"
        left, right = map(str, arguments)
        return float((left > right) - (left < right))

    def compare(self, left: Any, sign: str, right: Any) -> bool:
        numbers = _number(left), _number(right)
        if None not in numbers:
            return _COMPARE[sign](*numbers)
        return _COMPARE[sign](str(left), str(right))


class RedcapReader(Reader):
    """Branching logic as the form's script reads it: beside a number, an empty field counts as 0."""

    def cell(self, name: str) -> Any:
        return name if name == "true" else self.cells[name[1:-1]]

    def call(self, name: str, arguments: list[Any]) -> Any:
        if name == "sum":
            return sum(float(cell or 0) for cell in arguments)
        assert name == "datediff" and arguments[2] == "d"
        try:
            start, end = map(date.fromisoformat, arguments[:2])
        except ValueError:
            return ""
        return float((end - start).days)

    def compare(self, left: Any, sign: str, right: Any) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return _COMPARE[sign](left, right)
        return _COMPARE[sign](float(left or 0), float(right or 0))
