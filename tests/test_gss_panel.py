"""The real panel: counts, means and the declared rule, against a script that does not use evalkit."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit.cli.app import app
from evalkit.scores.scored_panel import build_panel
from evalkit.study.reading import read_study

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "gss-panel"
PLACES = [os.environ.get("EVALKIT_GSS_DATA", ""), str(EXAMPLE.parents[2] / "shared" / "real")]
DATA = next(
    (Path(place) for place in PLACES if place and (Path(place) / "gss_panel_wave1.sav").is_file()), None
)
RESPONDENTS = {"w1": 2000, "w2": 1536, "w3": 1276}
SAME = 1e-9  # both sides average the same doubles; only the order of the sums differs

pytestmark = pytest.mark.skipif(DATA is None, reason="the panel's files are not here; set EVALKIT_GSS_DATA")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("gss") / "gss-panel"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("data", "out"))
    result = CliRunner().invoke(app, ["run", str(copy), "--data", str(DATA)])
    assert result.exit_code == 0, result.output
    return copy


def test_means_by_wave_equal_those_of_an_independent_script(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("independent_means", EXAMPLE / "independent_means.py")
    assert spec is not None and spec.loader is not None and DATA is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    panel = build_panel(read_study(folder), "resident")
    for number, wave in enumerate(RESPONDENTS, start=1):
        expected = script.means_of(DATA / f"gss_panel_wave{number}.sav")
        rows = panel[panel["wave"] == wave]
        assert len(rows) == expected["respondents"] == RESPONDENTS[wave]
        for outcome, scale in {"trust": "trusting", "security": "unafraid", "contact": "contact"}.items():
            assert rows[scale].mean() == pytest.approx(expected[outcome], abs=SAME)


def test_people_without_a_region_take_that_of_their_previous_wave(folder: Path) -> None:
    panel = build_panel(read_study(folder), "resident")
    assert panel["site"].notna().all()
    assert set(panel["site"].astype(str)) == {str(region) for region in range(1, 10)}


def test_summary_stands_in_both_languages_and_run_can_be_repeated(folder: Path) -> None:
    pages = sorted((folder / "out" / "reports" / "2010").glob("*.html"))
    assert [page.name for page in pages] == [
        f"{reader}.{lang}.html" for reader in ("partners", "residents", "technical") for lang in ("en", "fr")
    ]
    before = [page.read_bytes() for page in pages]
    result = CliRunner().invoke(app, ["run", str(folder), "--data", str(DATA)])
    assert result.exit_code == 0, result.output
    assert [page.read_bytes() for page in pages] == before
