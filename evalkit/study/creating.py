"""Make a new study folder, with comments, that `evalkit check` finds in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

from evalkit.study.folder import folder_faults, refuse_used_folder
from evalkit.study.reading import STUDY_FILE
from evalkit.texts.text import Language

FOLDERS = ("answers", "instruments", "maps")


def create_study(folder: Path, *, lang: Language, today: date) -> Path:
    """Write a commented study into a new or empty folder.

    Parameters
    ----------
    folder : where the study shall stand; made when it does not exist.
    lang : language of the comments.
    today : day from which the dates of the first wave are counted.

    Returns
    -------
    The path of its `study.yaml`.

    Raises
    ------
    ProblemsFound : the folder holds something already, is a file, or cannot be written.
    """
    refuse_used_folder(folder)
    template = resources.files("evalkit.study") / "templates" / lang / STUDY_FILE
    year = today.year
    content = template.read_text(encoding="utf-8").format(
        id=_study_id(folder),
        year=year,
        start=date(year + 1, 1, 15),
        first=date(year, 9, 15),
        last=date(year, 11, 30),
    )
    with folder_faults(folder):
        _write(folder, content)
    return folder / STUDY_FILE


def _write(folder: Path, content: str) -> None:
    for part in _folders(folder):
        part.mkdir(parents=True, exist_ok=True)
    (folder / STUDY_FILE).write_text(content, encoding="utf-8")
    # What people told the study must not reach a shared repository by accident.
    (folder / ".gitignore").write_text("data/\nanswers/\nout/\n", encoding="utf-8")


def _folders(folder: Path) -> Iterator[Path]:
    yield folder
    for name in FOLDERS:
        yield folder / name


def _study_id(folder: Path) -> str:
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    name = "-".join(words)[:60]
    return name if name[:1].isalpha() else f"study-{name}".rstrip("-")[:60]
