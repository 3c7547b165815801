"""What an export target is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Problem
from evalkit.responses.answer_table import AnswerTable
from evalkit.texts.text import Language


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Hold what an export may be asked for.

    Parameters
    ----------
    lang : language of labels.
    labels : whether a column with the label stands beside each coded column.
    with_text : whether free text leaves too; it could name somebody.
    """

    lang: Language = "en"
    labels: bool = False
    with_text: bool = False


@dataclass(frozen=True, slots=True)
class ExportReceipt:
    """Hold the files of an export, and what is worth saying of them."""

    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Hold an export target: its file ending, and the function that writes its files."""

    ending: str
    write: Callable[[AnswerTable, Instrument, Path, ExportOptions], ExportReceipt]
