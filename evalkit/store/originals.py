"""Imported files, kept byte for byte under their SHA-256."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.store.faults import file_faults

FOLDER = "originals"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Original:
    """Hold a kept file: its hash (64 hexadecimal digits), its name at import, where it is kept."""

    sha256: str
    name: str
    path: Path


def hash_file(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal. Raises ProblemsFound when it cannot be read."""
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("store.unreadable_file", Place(file=str(file)), reason=reason)]) from None


def keep_original(data_folder: Path, file: Path) -> Original:
    """Keep a file in `originals/`, complete and on the disk, before the transaction that uses it commits.

    A file kept for a transaction that failed is harmless: its name is its content.

    Parameters
    ----------
    data_folder : the study's folder `data/`.
    file : the file to keep; it is not changed.

    Raises
    ------
    ProblemsFound : the file cannot be read; the disk is full; the folder cannot be written.
    """
    sha256 = hash_file(file)
    folder = data_folder / FOLDER
    kept = Original(sha256, file.name, folder / f"{sha256}{_suffix(file)}")
    with file_faults(Place(file=str(folder))):
        folder.mkdir(parents=True, exist_ok=True)
        if not (kept.path.exists() and kept.path.stat().st_size == file.stat().st_size):
            _copy_whole(file, kept)
    return kept


def _copy_whole(file: Path, kept: Original) -> None:
    handle, name = tempfile.mkstemp(prefix="incoming-", dir=kept.path.parent)
    temporary, copied = Path(name), hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as target, file.open("rb") as source:
            while chunk := source.read(_CHUNK):
                copied.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if copied.hexdigest() != kept.sha256:
            raise ProblemsFound([error("store.file_changed", Place(file=str(file)))])
        temporary.replace(kept.path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(kept.path.parent)


def _sync_folder(folder: Path) -> None:
    # Windows has no way to sync a folder, and its renames need none.
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _suffix(file: Path) -> str:
    return re.sub(r"[^.a-z0-9]", "", file.suffix.lower())[:12]
