"""The git commit that a study folder stands at, when it is kept in git."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 10


@dataclass(frozen=True)
class Commit:
    """Hold a commit: its id, and whether the files in question stand in it as they are now."""

    id: str
    holds_files: bool


def commit_of(folder: Path, files: Sequence[Path] = ()) -> Commit | None:
    """Return the commit of a folder; None without git, without a repository, or before its first commit.

    Parameters
    ----------
    folder : any folder of a work tree.
    files : files of the folder that the commit is asked about; those that do not exist are left out.
    """
    found = _git(folder, "rev-parse", "--verify", "HEAD")
    if found is None:
        return None
    present = [str(file.resolve()) for file in files if file.is_file()]
    differs = [_git(folder, "status", "--porcelain", "--ignored", "--", file) != "" for file in present]
    return Commit(found, not any(differs))


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
