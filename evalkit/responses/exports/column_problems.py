"""What is wrong or worth saying about the columns of an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error, note, warning
from evalkit.responses.exports.columns import Columns
from evalkit.responses.exports.platform import Export, Platform
from evalkit.responses.foreign.table import ForeignTable

_LISTED = 12


def column_problems(
    export: Export, columns: Columns, beside: Sequence[Columns], platform: Platform, form: Instrument
) -> Iterator[Problem]:
    """Say how a file was read, which columns and items did not find each other, and what stands twice.

    Parameters
    ----------
    columns, beside : where the submissions hold what, and where each repeated group does.
    """
    place = Place(file=export.main.file)
    yield note("platform.read_as", place, platform=platform.title)
    if "respondent" not in columns.keys:
        names = ", ".join(platform.keys["respondent"])
        yield error("platform.no_respondent", place, names=names)
    for found in (columns, *beside):
        yield from found.problems
    yield from _not_found(place, (columns, *beside), form)
    yield from _repeated_twice(columns, export.main.file)
    yield from _asked_otherwise(export.main, columns, form, repeated=False)
    for repeat, found in zip(export.repeats, beside, strict=True):
        yield from _asked_otherwise(repeat.table, found, form, repeated=True)


def _not_found(place: Place, every: Sequence[Columns], form: Instrument) -> Iterator[Problem]:
    found = frozenset[str]().union(*(columns.items for columns in every))
    missing = [item.id for item in form.items if item.id not in found]
    unknown = [name for columns in every for name in columns.unknown]
    if not found:
        yield error("import.no_item_columns", place, instrument=form.id)
    elif missing and unknown:
        facts = {"count": len(missing), "items": some(missing), "columns": some(unknown)}
        yield warning("platform.perhaps_renamed", place, **facts)
    elif missing:
        yield note("import.items_not_in_file", place, count=len(missing), items=some(missing))
    elif unknown:
        yield note("import.columns_unused", place, count=len(unknown), columns=some(unknown))


def _asked_otherwise(
    table: ForeignTable, columns: Columns, form: Instrument, *, repeated: bool
) -> Iterator[Problem]:
    """Give the filled columns of items that are asked of each partner where they stand once, or the reverse.

    Parameters
    ----------
    repeated : whether the table holds the rows of a repeated group.
    """
    code = "platform.asked_once" if repeated else "platform.partner_not_named"
    for item, names in columns.whole.items():
        for name in names:
            of_partners = form.item(item).repeat is not None
            if of_partners != repeated and not table.column(name).blank.all():
                yield error(code, Place(file=table.file, column=name, item=item))


def _repeated_twice(columns: Columns, file: str) -> Iterator[Problem]:
    """Give the columns that hold an item both as a whole and by partner."""
    for item in columns.partners.keys() & columns.whole.keys():
        name = columns.whole[item][0]
        other = next(iter(columns.partners[item].values()))
        yield error("import.part_twice", Place(file=file, column=name, item=item), other=other, part=item)


def some(names: Sequence[str]) -> str:
    """Return the first names of a list, as text."""
    return ", ".join(map(str, names if len(names) <= _LISTED else [*names[:_LISTED], "…"]))
