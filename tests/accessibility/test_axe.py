"""axe-core finds no violation of WCAG 2.2 AA in headless Chromium, on a wide screen and on a narrow one.

Needs node, chromium, and a folder with axe-core and playwright-core from npm: the one named by the
environment variable `EVALKIT_AXE`, or the root of the project.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.instruments.library import shipped_instrument
from evalkit.reports.index import write_index
from evalkit.reports.report import build_reports
from evalkit.reports.writing import write_reports
from evalkit.study.study import Study, StudyFile
from evalkit.texts.text import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = Path(os.environ.get("EVALKIT_AXE", ROOT))
SCALES = {
    "cohesion": {"fr": "Cohésion sociale", "en": "Social cohesion"},
    "security": {"fr": "Sentiment de sécurité", "en": "Sense of security"},
    "access": {"fr": "Accès aux ressources", "en": "Access to resources"},
    "control": {"fr": "Contrôle collectif", "en": "Collective control"},
}


def missing() -> str | None:
    """Return why pages cannot be checked here, or None."""
    for program in ("node", "chromium"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    for package in ("axe-core", "playwright-core"):
        if not (PACKAGES / "node_modules" / package).is_dir():
            return f"{package} from npm is in neither EVALKIT_AXE nor the project's root"
    return None


def make_study(folder: Path) -> tuple[Study, pd.DataFrame]:
    """Return a study with every kind of mark on its page: up, down, unclear, hidden, two arms, simulated."""
    waves = [
        {"id": f"w{n}", "year": 2022 + n, "field": [f"{2022 + n}-09-01", f"{2022 + n}-10-01"],
         "instruments": ["residents-core"]}
        for n in (1, 2, 3)
    ]  # fmt: skip
    arms = [("intervention", "comparison")[n % 2] for n in range(6)]
    sites = [
        {"id": f"S{n}", "name": {"fr": f"Site {n}", "en": f"Site {n}"}, "arm": arm, "households": 150}
        for n, arm in enumerate(arms)
    ]
    content: dict[str, Any] = {
        "study": "checked",
        "title": {"fr": "Intervention de proximité en HLM", "en": "Proximity intervention in public housing"},
        "arms": {a: {"fr": a.title(), "en": a.title()} for a in ("intervention", "comparison")},
        "sites": sites,
        "waves": waves,
        "populations": {"resident": {}},
        "outcomes": [{"id": s, "scale": f"residents-core.{s}", "name": words} for s, words in SCALES.items()],
        "simulated": True,
    }
    study = Study(
        folder, StudyFile.model_validate(content), {"residents-core": shipped_instrument("residents-core")}
    )
    rng = np.random.default_rng(8)
    steps = {"cohesion": 5.0, "security": 0.0, "access": -5.0, "control": 0.0}
    rows = [
        {
            "respondent": f"{site.id}-{n}", "site": site.id, "wave": wave.id, "arm": site.arm,
            "time": float(wave.year), "instrument": "residents-core",
            **{s: 50 + steps[s] * number * (site.arm == "intervention") + rng.normal(0, 4) for s in SCALES},
        }
        for site in study.sites
        for number, wave in enumerate(study.waves)
        for n in range(number * 4, number * 4 + (6 if site.id == "S1" else 40))
    ]  # fmt: skip
    panel = pd.DataFrame(rows)
    return study, panel.assign(wave=pd.Categorical(panel["wave"], [w.id for w in study.waves], ordered=True))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    if (reason := missing()) is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("pages")
    study, panel = make_study(folder)
    pages = []
    for wave in ("w1", "w3"):
        documents = build_reports(study, wave, sites=(None, "S1"), panels={"resident": panel})
        pages += write_reports(documents, folder, LANGUAGES, ["html"])
    pages.append(write_index(study, folder))
    script = Path(__file__).parent / "axe.mjs"
    command = ["node", str(script), str(PACKAGES.resolve()), shutil.which("chromium") or "", *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(found) == 2 * len(pages)
    return found


def test_no_violation(results: list[dict[str, Any]]) -> None:
    assert not [(r["page"], r["width"], r["violations"]) for r in results if r["violations"]]
    assert all(r["passes"] > 20 for r in results)


def test_contrast_could_be_judged_everywhere(results: list[dict[str, Any]]) -> None:
    # On the wide screen: on the narrow one, wide tables scroll and axe cannot see their last columns.
    wide = [rule for r in results if r["width"] > 320 for rule in r["incomplete"]]
    assert not [rule["nodes"] for rule in wide if rule["id"] == "color-contrast"]


def test_no_page_asks_the_network(results: list[dict[str, Any]]) -> None:
    assert not [r["requests"] for r in results if r["requests"]]


def test_nothing_runs_out_of_a_narrow_screen(results: list[dict[str, Any]]) -> None:
    assert not [(r["page"], r["overflow"]) for r in results if r["overflow"] > 0]
