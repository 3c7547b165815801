"""Folders that commands write into: in use, or not to be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error


def refuse_used_folder(folder: Path) -> None:
    """Raise ProblemsFound when the folder is a file or holds something already."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ProblemsFound([error("study.folder_in_use", Place(file=str(folder)))])


@contextmanager
def folder_faults(folder: Path) -> Iterator[None]:
    """Turn a folder that cannot be written into a problem."""
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or str(failure)
        place = Place(file=str(folder))
        raise ProblemsFound([error("study.folder_not_writable", place, reason=reason)]) from None
