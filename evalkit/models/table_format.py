"""What a format of tables is: an ending and a way to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from evalkit.registry import discover

FORMATS = "evalkit.models.table_formats"


@dataclass(frozen=True)
class TableFormat:
    """Hold a format.

    Parameters
    ----------
    ending : of its files, without the dot.
    content : (name, table) to the bytes of a file.
    """

    ending: str
    content: Callable[[str, pd.DataFrame], bytes]


def known_formats() -> tuple[str, ...]:
    """Return the names of the formats: the files of `models/table_formats/`."""
    return tuple(sorted(discover(FORMATS, "FORMAT")))


def write_tables(
    tables: Mapping[str, pd.DataFrame], folder: Path, formats: tuple[str, ...]
) -> tuple[Path, ...]:
    """Write tables in some formats, one file each.

    Parameters
    ----------
    tables : by name of the file.
    folder : where they go; made when it is not there.
    formats : names of `known_formats`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in formats:
        chosen: TableFormat = discover(FORMATS, "FORMAT")[name]
        for title, table in tables.items():
            path = folder / f"{title}.{chosen.ending}"
            path.write_bytes(chosen.content(title, table))
            written.append(path)
    return tuple(written)
