"""The parts of a document: phrase keys and values, no language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from evalkit.disclosure import DisclosedTable, DisclosureError
from evalkit.texts.numbers import Number, Percent
from evalkit.texts.phrases import Phrase
from evalkit.texts.text import Language, Text

Words = Phrase | Text | Number | Percent
Role = Literal["normal", "lead", "note"]
Tone = Literal["up", "down", "steady", "unclear", "plain"]
Shape = Literal["wide", "narrow"]
TypeSize = Literal["normal", "large"]
Draw = Callable[[DisclosedTable, Language, Shape], str]


@dataclass(frozen=True, slots=True)
class Heading:
    """Hold a heading inside a part of a document; the part's own title stands one level above."""

    words: Words


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Hold sentences that stand together."""

    sentences: tuple[Words, ...]
    role: Role = "normal"


@dataclass(frozen=True, slots=True)
class BulletList:
    """Hold points, each of one or more sentences."""

    points: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class Callout:
    """Hold what must be read first, or what must not be overlooked."""

    title: Words
    content: tuple[Paragraph | BulletList, ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class KeyFact:
    """Hold one result at a glance: its name, what may be said of it, and the numbers behind."""

    label: Words
    verdict: Words
    detail: tuple[Words, ...] = ()
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Hold results that are read side by side."""

    facts: tuple[KeyFact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """Say how a column of a table is headed and how its numbers are written.

    Parameters
    ----------
    id : column of the disclosed table.
    signed : whether a plus sign is printed, as for changes.
    share : whether a value between 0 and 1 is written as a percentage.
    """

    id: str
    head: Words
    digits: int = 0
    signed: bool = False
    share: bool = False

    def words(self, value: float) -> Number | Percent:
        """Return `value` as this column writes it."""
        return Percent(value, self.digits) if self.share else Number(value, self.digits, self.signed)


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a table that may be shared, with its words.

    Parameters
    ----------
    data : numbers that passed `disclose`.
    corner : heading of the column of row names.
    row_heads : name of each row, by id; rows without a name are not printed.

    Raises
    ------
    DisclosureError : when `data` is anything but a `DisclosedTable`.
    """

    data: DisclosedTable
    caption: Words
    corner: Words
    row_heads: Mapping[str, Words]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        _require_disclosed(self.data)


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold a picture of a table that may be shared.

    Parameters
    ----------
    id : unique in the document.
    data : numbers that passed `disclose`; the picture is drawn from them and from nothing else.
    draw : gives the SVG in a language, wide for a page or narrow for a telephone.
    title : the finding, in a few words.
    alt : what the picture shows, for those who do not see it.
    caption : what lies behind it, such as the number of people.
    table : the same numbers in words, for workbooks; where no table of the document shows them.

    Raises
    ------
    DisclosureError : when `data` is anything but a `DisclosedTable`.
    """

    id: str
    data: DisclosedTable
    draw: Draw
    title: Words
    alt: tuple[Words, ...]
    caption: tuple[Words, ...]
    table: Table | None = None

    def __post_init__(self) -> None:
        _require_disclosed(self.data)


Block = Heading | Paragraph | BulletList | Callout | KeyFacts | Table | Figure


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one section: its id, its title, its blocks."""

    id: str
    title: Words
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Hold a document in every language at once.

    Parameters
    ----------
    name : stem of its files, such as `partners`.
    year : year of the wave that it tells of.
    title, subtitle : what it is about, and what kind of document it is.
    headline : the finding.
    languages : languages in which every text of it exists.
    banner : what must stand on every page, such as that the data are simulated.
    type_size : large for readers who need it: 14 points in print.
    """

    name: str
    year: int
    title: Words
    subtitle: Words
    headline: Words
    parts: tuple[Part, ...]
    languages: tuple[Language, ...]
    banner: Words | None = None
    type_size: TypeSize = "normal"


def tables_of(document: Document) -> tuple[DisclosedTable, ...]:
    """Return every disclosed table behind a document, in its order, each once."""
    blocks = [block for part in document.parts for block in part.blocks]
    found = {id(b.data): b.data for b in blocks if isinstance(b, Table | Figure)}
    return tuple(found.values())


def _require_disclosed(data: object) -> None:
    if not isinstance(data, DisclosedTable):
        raise DisclosureError(f"a page takes a DisclosedTable, not {type(data).__name__}")
