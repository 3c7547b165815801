"""Originals are kept byte for byte, whole or not at all."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.store.originals import hash_file, keep_original


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "réponses W1.SAV"
    path.write_bytes(os.urandom(3_000_000))
    return path


def test_keeps_every_byte_under_its_hash(tmp_path: Path, file: Path) -> None:
    kept = keep_original(tmp_path / "data", file)
    assert kept.path.read_bytes() == file.read_bytes()
    assert kept.sha256 == sha256(file.read_bytes()).hexdigest() == hash_file(file)
    assert kept.path.name == f"{kept.sha256}.sav"
    assert kept.name == file.name


def test_the_same_bytes_are_kept_once(tmp_path: Path, file: Path) -> None:
    first = keep_original(tmp_path / "data", file)
    keep_original(tmp_path / "data", file)
    assert list(first.path.parent.iterdir()) == [first.path]


def test_a_half_kept_file_is_made_whole(tmp_path: Path, file: Path) -> None:
    kept = keep_original(tmp_path / "data", file)
    kept.path.write_bytes(file.read_bytes()[:1000])
    assert keep_original(tmp_path / "data", file).path.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (errno.ENOSPC, "store.disk_full"),
        (errno.EROFS, "store.not_writable"),
        (errno.EIO, "store.failed"),
    ],
)
def test_a_disk_that_refuses_is_told_and_leaves_nothing(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, fault: int, code: str
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ProblemsFound) as found:
        keep_original(tmp_path / "data", file)
    assert [p.code for p in found.value.problems] == [code]
    assert list((tmp_path / "data" / "originals").iterdir()) == []


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        keep_original(tmp_path / "data", tmp_path / "none.csv")
    assert [p.code for p in found.value.problems] == ["store.unreadable_file"]


def test_a_file_that_changes_meanwhile_is_refused(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalkit.store.originals.hash_file", lambda _file: "0" * 64)
    with pytest.raises(ProblemsFound) as found:
        keep_original(tmp_path / "data", file)
    assert [p.code for p in found.value.problems] == ["store.file_changed"]
    assert list((tmp_path / "data" / "originals").iterdir()) == []
