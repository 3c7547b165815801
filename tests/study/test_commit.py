"""The commit of a study folder, and whether files stand in it as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from evalkit.study import commit as module
from evalkit.study.commit import commit_of


def git(folder: Path, *words: str) -> None:
    setting = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *setting, *words], capture_output=True, check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "kept.yaml").write_text("a: 1\n")
    (tmp_path / ".gitignore").write_text("hidden.yaml\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def test_commit_holds_files_only_as_they_stand_in_it(folder: Path) -> None:
    kept = folder / "kept.yaml"
    found = commit_of(folder, [kept, folder / "absent.yaml"])
    assert found is not None
    assert (len(found.id), found.holds_files) == (40, True)
    kept.write_text("a: 2\n")
    changed = commit_of(folder, [kept])
    assert changed is not None
    assert not changed.holds_files


@pytest.mark.parametrize("name", ["new.yaml", "hidden.yaml"])
def test_a_file_that_git_does_not_keep_is_not_in_the_commit(folder: Path, name: str) -> None:
    (folder / name).write_text("b: 1\n")
    found = commit_of(folder, [folder / name])
    assert found is not None
    assert not found.holds_files


def test_no_repository_no_commit_and_no_git(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    assert commit_of(outside) is None
    git(outside, "init", "-q")
    assert commit_of(outside) is None

    def absent(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(module.subprocess, "run", absent)
    assert commit_of(folder) is None
