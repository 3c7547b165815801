"""Time the documents of a study of fifty sites: one fit, three readers, two languages.

python benchmarks/reports/run_fifty_sites.py [--sites 50] [--processes 1 2] [--formats html pdf docx]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit.instruments.library import shipped_instrument
from evalkit.reports.report import build_reports
from evalkit.reports.writing import write_reports
from evalkit.study.study import Study, StudyFile

SCALES = ("cohesion", "security", "access", "control")
PEOPLE = 40
WAVES = (2023, 2024, 2025)


def make_study(folder: Path, sites: int) -> tuple[Study, pd.DataFrame]:
    """Return a study of `sites` sites in two arms, and answers of 40 residents a site and wave."""
    content = {
        "study": "fifty",
        "title": {"fr": "Essai", "en": "Trial"},
        "sites": [
            {
                "id": f"S{n}",
                "name": {"fr": f"Site {n}", "en": f"Site {n}"},
                "arm": "ab"[n % 2],
                "households": 150,
            }
            for n in range(1, sites + 1)
        ],
        "waves": [
            {
                "id": f"w{y}",
                "year": y,
                "field": [f"{y}-09-01", f"{y}-10-01"],
                "instruments": ["residents-core"],
            }
            for y in WAVES
        ],
        "populations": {"resident": {}},
        "outcomes": [{"id": s, "scale": f"residents-core.{s}", "name": {"fr": s, "en": s}} for s in SCALES],
        "simulated": True,
    }
    instruments = {"residents-core": shipped_instrument("residents-core")}
    study = Study(folder, StudyFile.model_validate(content), instruments)
    rng = np.random.default_rng(1)
    rows = [
        (f"{site.id}-{person}", site.id, site.arm, wave.id, float(wave.year - WAVES[0]), "residents-core")
        for site in study.sites
        for wave in study.waves
        for person in range(PEOPLE)
    ]
    panel = pd.DataFrame(rows, columns=["respondent", "site", "arm", "wave", "time", "instrument"])
    panel = panel.assign(**{scale: rng.normal(57, 14, len(panel)).clip(0, 100) for scale in SCALES})
    return study, panel.assign(wave=pd.Categorical(panel["wave"], study.waves_by_id, ordered=True))


def main() -> None:
    """Print seconds of the fit and of writing, by number of processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--formats", nargs="+", default=["html"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study, panel = make_study(folder, asked.sites)
        start = time.perf_counter()
        documents = build_reports(study, sites=(None, *study.sites_by_id), panels={"resident": panel})
        print(f"{len(documents)} documents built in {time.perf_counter() - start:.1f} s")
        for processes in asked.processes:
            start = time.perf_counter()
            files = list(
                write_reports(documents, folder, study.languages, asked.formats, processes=processes)
            )
            taken = time.perf_counter() - start
            print(
                f"{len(files)} files, {processes} processes: {taken:.1f} s, {taken / len(files):.2f} s a file"
            )


if __name__ == "__main__":
    main()
