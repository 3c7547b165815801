"""The index lists what stands in the folder, by year, site and language, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from evalkit.reports.index import report_files, write_index
from evalkit.study.study import Study

StudyOf = Callable[..., Study]


def _folder(tmp_path: Path, *names: str) -> Path:
    for name in names:
        file = tmp_path / "out" / "reports" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    return tmp_path / "out"


def test_newest_year_first_whole_before_sites_in_the_order_of_the_study(
    study_of: StudyOf, tmp_path: Path
) -> None:
    names = (
        "2021/partners.fr.html", "2022/technical-S1.fr.html", "2022/residents.en.html",
        "2022/residents.fr.html",
        "2022/partners-S2.fr.html", "2022/partners-S9.fr.html", "2022/notes.fr.html", "old/partners.fr.html",
    )  # fmt: skip
    files = report_files(study_of({"S2": None, "S1": None}), _folder(tmp_path, *names))
    assert [file.href for file in files] == [
        "2022/residents.fr.html", "2022/residents.en.html", "2022/partners-S2.fr.html",
        "2022/technical-S1.fr.html", "2021/partners.fr.html",
    ]  # fmt: skip


def test_both_languages_each_with_every_link(study_of: StudyOf, tmp_path: Path) -> None:
    folder = _folder(tmp_path, "2022/partners.fr.html", "2022/partners-S1.en.html")
    page = write_index(study_of(), folder).read_text(encoding="utf-8")
    assert page.count('href="2022/partners-S1.en.html"') == 2
    assert {"Pour les partenaires, français, HTML", "For partners, French, HTML"} <= set(
        re.findall(r">([^<>]+)</a>", page)
    )


def test_an_empty_folder_says_so(study_of: StudyOf, tmp_path: Path) -> None:
    page = write_index(study_of(), tmp_path / "out").read_text(encoding="utf-8")
    assert "No report was written yet." in page
