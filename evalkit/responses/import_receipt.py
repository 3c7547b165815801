"""What an import did, or would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalkit.problems import Problem
from evalkit.texts.text import Language

COUNTS = ("rows", "new", "revised", "same", "rejected", "empty_rows", "enrolled")


@dataclass(frozen=True)
class ImportReceipt:
    """Hold what an import did, or would do.

    Parameters
    ----------
    file, sha256, wave, instrument : what was imported.
    map_sha256 : hash of the map that read it, empty without one.
    platform : which platform wrote the file, empty when no platform's shape was recognised.
    rows : rows that hold any answer.
    new, revised, same : submissions that are new, corrected, and as they stood before.
    rejected : rows with problems, left out; 0 unless good rows were accepted alone.
    empty_rows : rows without any answer, which are no submissions.
    enrolled : respondents who entered the roster.
    problems : notes, and the problems of the rejected rows.
    rejects_file : where the rejected rows stand.
    dry_run : whether everything was undone.
    """

    file: str
    sha256: str
    wave: str
    instrument: str
    map_sha256: str = ""
    platform: str = ""
    rows: int = 0
    new: int = 0
    revised: int = 0
    same: int = 0
    rejected: int = 0
    empty_rows: int = 0
    enrolled: int = 0
    problems: tuple[Problem, ...] = ()
    rejects_file: Path | None = None
    dry_run: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        """Return every count by name."""
        return {name: getattr(self, name) for name in COUNTS}

    def facts(self, lang: Language) -> dict[str, Any]:
        """Return the receipt as plain values, for `--json`."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "wave": self.wave,
            "instrument": self.instrument,
            "platform": self.platform,
            "dry_run": self.dry_run,
            **self.counts,
            "rejects_file": None if self.rejects_file is None else str(self.rejects_file),
            "problems": [problem.facts(lang) for problem in self.problems],
        }
