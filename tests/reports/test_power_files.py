"""Pictures, table and paragraph of a power calculation are written in the languages asked for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evalkit.power.answering import Request, answer
from evalkit.power.planning import plan_power
from evalkit.reports.power_files import paragraph_of, write_power_files

CHANGES = {"residents": 10.0, "waves": 2.0, "lag": 0.0, "effect": 8.0}


def test_everything_is_written_in_both_languages(tmp_path: Path) -> None:
    found = answer(plan_power(None, changes=CHANGES), Request(40, ("residents", (8.0, 12.0))))
    names = {file.name for file in write_power_files(found, tmp_path / "power")}
    stems = [f"{stem}.{lang}" for stem in ("power-residents", "power-map") for lang in ("fr", "en")]
    assert {f"{stem}.{ending}" for stem in stems for ending in ("svg", "png")} <= names
    assert {"power.csv", "protocol.fr.txt", "protocol.en.txt"} <= names
    assert pd.read_csv(tmp_path / "power" / "power.csv")["simulations"].tolist() == [40]


def test_the_paragraph_says_the_numbers_in_each_language() -> None:
    found = answer(plan_power(None, changes=CHANGES), Request(0))
    french, english = paragraph_of(found, "fr"), paragraph_of(found, "en")
    assert "0,05" in french
    assert "0.05" in english
    assert french != english
