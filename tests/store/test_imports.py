"""A file is imported once for a wave and an instrument."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.store.imports import add_import, all_imports, find_import
from evalkit.store.store import open_store

FACTS = {"sha256": "ab" * 32, "file": "w1.sav", "counts": {"new": 2}, "by": "tester"}


def test_the_same_file_is_refused_for_the_same_wave_and_instrument_only(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.writing() as connection:
        done = add_import(connection, **FACTS, wave="w1", instrument="i")  # type: ignore[arg-type]
    with pytest.raises(ProblemsFound) as found, store.writing() as connection:
        add_import(connection, **FACTS, wave="w1", instrument="i")  # type: ignore[arg-type]
    assert [p.code for p in found.value.problems] == ["store.already_imported"]
    assert found.value.problems[0].what("fr")
    with store.writing() as connection:
        add_import(connection, **FACTS, wave="w2", instrument="i")  # type: ignore[arg-type]
    with store.reading() as connection:
        assert find_import(connection, "ab" * 32, "w1", "i") == done
        assert find_import(connection, "cd" * 32, "w1", "i") is None


def test_all_imports_stand_by_wave(tmp_path: Path) -> None:
    with open_store(tmp_path).writing() as connection:
        assert all_imports(connection) == ()
        late, early = (
            add_import(connection, sha256=sha, file="f.csv", wave=wave, instrument="short", counts={"new": 1})
            for sha, wave in (("b" * 64, "w2"), ("a" * 64, "w1"))
        )
        assert all_imports(connection) == (early, late)
