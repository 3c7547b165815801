"""The shipped questionnaires are in order and hold what the study needs; a study's own come first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.instruments import library
from evalkit.instruments.checking import check_instrument
from evalkit.instruments.instrument import Instrument
from evalkit.instruments.library import (
    find_instrument,
    known_instruments,
    shipped_ids,
    shipped_instrument,
)
from evalkit.texts.text import LANGUAGES
from evalkit.yaml_files import read_yaml

FOLDER = Path(__file__).resolve().parents[2] / "instruments"


def test_three_are_shipped() -> None:
    assert shipped_ids() == ("partners-core", "residents-core", "site-log")


@pytest.mark.parametrize("name", shipped_ids())
def test_shipped_questionnaires_have_no_problem(name: str) -> None:
    assert check_instrument(read_yaml(FOLDER / f"{name}.yaml", Instrument)) == ()


@pytest.mark.parametrize("name", shipped_ids())
def test_shipped_wording_is_our_own_plain_and_in_both_languages(name: str) -> None:
    form = shipped_instrument(name)
    assert form.status == "adapted construct, unvalidated"
    assert form.languages == LANGUAGES
    assert not [item.id for item in form.items if item.reverse]
    french = [item.text.root["fr"] for item in form.items]
    assert not [words for words in french if re.search(r"[^\s] [?!:;»]|« |[a-z]'[a-z]", words)]


def test_residents_core_holds_the_four_constructs() -> None:
    form = shipped_instrument("residents-core")
    sizes = {name: len(form.scale(name).items) for name in ("cohesion", "security", "access", "control")}
    assert sizes == {"cohesion": 6, "security": 5, "access": 6, "control": 6}
    assert form.scale("access").kind == "formative"
    assert not form.scale("access").has_alpha


def test_partners_core_has_a_roster_block_and_perceived_impact() -> None:
    form = shipped_instrument("partners-core")
    assert [item.id for item in form.items if item.repeat == "partners"][:4] == [
        "freq",
        "level",
        "trust",
        "value",
    ]
    assert {"impcohesion", "impsecurity", "impaccess", "impcontrol"} <= set(form.items_by_id)


def test_a_study_may_bring_its_own(tmp_path: Path) -> None:
    own = (FOLDER / "site-log.yaml").read_text(encoding="utf-8").replace('version: "1.0"', 'version: "9.9"')
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "site-log.yaml").write_text(own, encoding="utf-8")
    found = find_instrument("site-log", tmp_path)
    assert found is not None and found.version == "9.9"
    assert find_instrument("residents-core", tmp_path) == shipped_instrument("residents-core")
    assert find_instrument("none-such", tmp_path) is None


def test_a_file_must_hold_what_its_name_says(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "mine.yaml").write_bytes((FOLDER / "site-log.yaml").read_bytes())
    for read in (lambda: find_instrument("mine", tmp_path), lambda: known_instruments(tmp_path)):
        with pytest.raises(ProblemsFound) as found:
            read()
        assert [problem.code for problem in found.value.problems] == ["instrument.other_id"]


def test_what_is_shipped_is_found_inside_an_installed_package_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "evalkit" / "shipped_instruments"
    inside.mkdir(parents=True)
    (inside / "only.yaml").write_bytes((FOLDER / "site-log.yaml").read_bytes())
    monkeypatch.setattr(library.resources, "files", lambda package: tmp_path / package)
    assert shipped_ids() == ("only",)


def test_partners_say_their_role_and_the_log_holds_power_of_tenants() -> None:
    assert shipped_instrument("partners-core").item("role").type == "single"
    assert shipped_instrument("site-log").item("power").type == "multiple"


def test_a_bad_one_of_the_study_is_not_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "site-log.yaml").write_text("instrument: site-log\n", encoding="utf-8")
    with pytest.raises(ProblemsFound):
        find_instrument("site-log", tmp_path)
