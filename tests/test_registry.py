"""What a file adds is found by its folder, has its docs and its test."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.registry import discover

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "evalkit.responses.importers": "IMPORTER",
    "evalkit.responses.checks": "CHECK",
    "evalkit.responses.platforms": "PLATFORM",
    "evalkit.responses.forms.targets": "FORM",
    "evalkit.scores.rules": "RULE",
    "evalkit.models.kinds": "KIND",
    "evalkit.models.engines": "ENGINE",
    "evalkit.models.sensitivity": "SENSITIVITY",
    "evalkit.models.table_formats": "FORMAT",
    "evalkit.reports.documents": "DOCUMENT",
    "evalkit.reports.sections": "SECTION",
    "evalkit.documents.renderers": "RENDERER",
    "evalkit.archive.targets": "TARGET",
}


@pytest.mark.parametrize(("package", "constant"), FOLDERS.items())
def test_every_file_declares_its_constant(package: str, constant: str) -> None:
    folder = ROOT / package.replace(".", "/")
    files = {file.stem for file in folder.glob("*.py") if not file.name.startswith("_")}
    assert set(discover(package, constant)) == files
    assert files


@pytest.mark.parametrize("package", FOLDERS)
def test_every_file_has_its_test(package: str) -> None:
    folder = ROOT / package.replace(".", "/")
    tests = ROOT / package.replace("evalkit.", "tests/").replace(".", "/")
    words = "\n".join(file.read_text(encoding="utf-8") for file in tests.glob("test_*.py"))
    untested = [f.stem for f in folder.glob("*.py") if not f.name.startswith("_") and f.stem not in words]
    assert not untested
