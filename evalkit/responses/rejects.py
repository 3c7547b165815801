"""Write the rows that were not imported, each with the reason, as a file that can be corrected."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from evalkit.problems import Place, Problem
from evalkit.responses.foreign.table import ForeignTable
from evalkit.store.faults import file_faults
from evalkit.texts.text import Language

WHY = "why_rejected"


def write_rejects(
    target: Path, table: ForeignTable, reasons: Mapping[int, Sequence[Problem]], lang: Language
) -> None:
    """Write rows of a file as CSV, with a last column that says why they were not imported.

    The columns keep their names, so that the corrected file is imported with the same map.

    Parameters
    ----------
    target : file to write; its folder is made.
    reasons : problems by position of the row in `table`.

    Raises
    ------
    ProblemsFound : the file cannot be written.
    """
    names = [name for name in table.cells.columns if name != WHY]
    rows = sorted(reasons)
    columns = [table.column(name).texts()[rows] for name in names]
    said = [_words(reasons[row], lang) for row in rows]
    with file_faults(Place(file=str(target))):
        target.parent.mkdir(parents=True, exist_ok=True)
        # With a byte order mark, or spreadsheet programs misread the accents.
        with target.open("w", encoding="utf-8-sig", newline="") as sink:
            writer = csv.writer(sink, delimiter=table.delimiter or ",")
            writer.writerow([*names, WHY])
            writer.writerows(zip(*columns, said, strict=True))


def rejects_name(file: Path, wave: str, instrument: str, sha256: str) -> str:
    """Return a name that tells which import the rows come from."""
    stem = re.sub(r"[^\w.-]+", "_", file.stem)[:60]
    return f"{wave}-{instrument}-{stem}-{sha256[:8]}.csv"


def _words(problems: Sequence[Problem], lang: Language) -> str:
    return " ".join(f"{p.where.column}: {p.what(lang)}" if p.where.column else p.what(lang) for p in problems)
