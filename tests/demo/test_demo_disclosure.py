"""The documents of the demonstration give nobody away, also when one of its sites nearly empties."""

from __future__ import annotations

from pathlib import Path

from typer.testing import Result

from evalkit.reports.evidence import gather
from evalkit.reports.report import panels_of
from evalkit.study.reading import read_study
from tests.disclosure.reader import found_out
from tests.reports.test_disclosing import asked_for


def test_a_reader_of_the_demonstration_finds_nobody_out(demo: tuple[Path, Result]) -> None:
    study = read_study(demo[0])
    whole = panels_of(study)["resident"]
    emptied = study.sites[0].id
    stay = sorted(whole.loc[whole["site"] == emptied, "respondent"].unique())[:4]
    tiny = whole[(whole["site"] != emptied) | whole["respondent"].isin(stay)]
    for panel in (whole, tiny):
        tables = gather(study, study.waves[-1], {**panels_of(study), "resident": panel}).tables
        requests, links = asked_for(study, panel)
        assert not found_out(requests, links, tables.values(), study.file.disclosure)
    assert any(line.reason == "complement" for table in tables.values() for line in table.log)
