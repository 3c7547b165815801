"""Read files of statistics programs, with their value labels and user-missing codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.responses.foreign.cells import build_table, cell_text
from evalkit.responses.foreign.importer import ReadingOptions
from evalkit.responses.foreign.table import ForeignTable

if TYPE_CHECKING:
    import pandas as pd


def read_statistics_file(
    file: Path, read: Callable[..., tuple[pd.DataFrame, Any]], options: ReadingOptions, **how: Any
) -> ForeignTable:
    """Read a file through pyreadstat.

    Parameters
    ----------
    read : a reader of pyreadstat.
    how : what this reader takes, such as `user_missing=True`.

    Raises
    ------
    ProblemsFound : `import.unreadable` for a file that is broken or cut off, `import.no_rows`.
    """
    if options.encoding is not None:
        how["encoding"] = options.encoding
    place = Place(file=str(file))
    try:
        frame, meta = read(str(file), dates_as_pandas_datetime=False, **how)
    except MemoryError:
        raise
    except Exception as failure:
        # pyreadstat raises classes of its own that share no base but Exception.
        reason = str(failure).split("\n")[0] or type(failure).__name__
        raise ProblemsFound([error("import.unreadable", place, reason=reason)]) from None
    if meta.number_rows is not None and meta.number_rows > len(frame):
        facts = {"found": len(frame), "expected": meta.number_rows}
        raise ProblemsFound([error("import.cut_off", place, **facts)])
    labels = {name: _texts_of(said) for name, said in meta.variable_value_labels.items()}
    missing = _user_missing(frame, meta)
    names = list(frame.columns)
    return build_table(
        file, names, _taken(frame), labels=labels, user_missing=missing, encoding=meta.file_encoding
    )


def _taken(frame: pd.DataFrame) -> Iterator[Any]:
    for name in frame.columns:
        yield frame[name].to_numpy()


def _texts_of(labels: Mapping[Any, str]) -> dict[str, str]:
    return {cell_text(code) or "": label for code, label in labels.items()}


def _user_missing(frame: pd.DataFrame, meta: Any) -> dict[str, frozenset[str]]:
    """Return, by column, the texts of the cells that the file declares as missing (ranges or codes)."""
    found: dict[str, frozenset[str]] = {}
    for name, ranges in meta.missing_ranges.items():
        distinct = frame[name].dropna().unique()
        inside = [value for value in distinct if any(_within(value, each) for each in ranges)]
        found[name] = frozenset(text for text in map(cell_text, inside) if text)
    for name, codes in meta.missing_user_values.items():
        found[name] = found.get(name, frozenset()) | {text for text in map(cell_text, codes) if text}
    return found


def _within(value: Any, bounds: Mapping[str, Any]) -> bool:
    low, high = bounds["lo"], bounds["hi"]
    if isinstance(value, str) or isinstance(low, str):
        return str(value).strip() == str(low).strip()
    return bool(np.isfinite(value)) and low <= value <= high
