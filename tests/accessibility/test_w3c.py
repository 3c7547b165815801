"""The W3C's checker (vnu) finds no error in the pages that evalkit writes.

Needs java and vnu-jar from npm: in the folder named by the environment variable `EVALKIT_VNU`, or in the
root of the project.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalkit.documents.renderers.html import render
from evalkit.reports.report import build_reports
from evalkit.reports.writing import write_report
from evalkit.texts.text import LANGUAGES
from tests.accessibility.test_axe import make_study
from tests.documents.sample import ATTACK, document

ROOT = Path(__file__).resolve().parents[2]
JAR = Path(os.environ.get("EVALKIT_VNU", ROOT)) / "node_modules/vnu-jar/build/dist/vnu.jar"


def checked(files: list[Path]) -> list[dict[str, Any]]:
    """Return what the checker says of pages."""
    if shutil.which("java") is None:
        pytest.skip("java is not installed")
    if not JAR.is_file():
        pytest.skip("vnu-jar from npm is in neither EVALKIT_VNU nor the project's root")
    command = ["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return messages


def test_no_page_has_an_error_or_a_warning(tmp_path: Path) -> None:
    study, panel = make_study(tmp_path)
    files = [
        write_report(document, tmp_path, lang, "html")
        for wave in ("w1", "w3")
        for document in build_reports(
            study, wave, sites=(None, study.sites[0].id), panels={"resident": panel}
        )
        for lang in LANGUAGES
    ]
    hostile = tmp_path / "hostile.html"
    hostile.write_text(render(replace(document(ATTACK, ATTACK), type_size="large"), "fr"), encoding="utf-8")
    assert not [(m["url"], m.get("lastLine"), m["message"]) for m in checked([*files, hostile])]


def test_the_checker_finds_a_planted_error(tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text('<!DOCTYPE html><html lang="fr"><title>t</title><img src="a.png">', encoding="utf-8")
    assert any("alt" in message["message"] for message in checked([page]))
