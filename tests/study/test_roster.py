"""The roster gives each person one code, refuses what is wrong as a whole, and never tells a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from evalkit.errors import ProblemsFound
from evalkit.store.tables import audit, contacts, people
from evalkit.study.codes import read_code
from evalkit.study.enrolling import add_person, enrol
from evalkit.study.roster import Roster, read_roster
from evalkit.study.roster_import import RosterReceipt, import_roster
from evalkit.study.roster_names import read_names
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

CONTENT = """population,site,organisation,alias,name
resident,S1,,101,Première Personne
resident,S2,,102,
partner,S1;S3,Comité A,p1,Deuxième Personne
worker,S2,,,
"""


@pytest.fixture
def study(tmp_path: Path, store_address: str, study_maker: Callable[..., Study]) -> Study:
    return study_maker(tmp_path, store=store_address)


def _file(study: Study, content: str, name: str = "roster.csv") -> Path:
    path = study.folder / name
    path.write_text(content, encoding="utf-8")
    return path


def _codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    for problem in found.value.problems:
        assert problem.what("fr") and problem.do("en")
    return [problem.code for problem in found.value.problems]


def test_a_file_enters_everyone_with_a_checked_code(study: Study) -> None:
    assert import_roster(study, _file(study, CONTENT)) == RosterReceipt(new=4, known=0)
    roster = read_roster(study)
    assert [read_code(code) for code in roster.people["code"]] == sorted(roster.people["code"])
    assert {name: len(codes) for name, codes in roster.codes_by_population.items()} == {
        "resident": 2,
        "partner": 1,
        "worker": 1,
    }
    partner = roster.aliases["partner"]["p1"]
    assert roster.sites_of(partner) == ("S1", "S3")
    assert roster.organisations[partner] == "Comité A"
    assert set(roster.people["status"]) == {"active"}


def test_a_code_is_found_by_alias_and_by_any_writing(study: Study) -> None:
    import_roster(study, _file(study, CONTENT))
    roster = read_roster(study)
    code = roster.aliases["resident"]["101"]
    assert roster.find("resident", "101") == code
    assert roster.find("resident", code.lower().replace("-", "")) == code
    assert roster.find("partner", "101") is None
    assert roster.find("partner", code) is None
    assert roster.find("resident", "R-00000-0") is None


def test_names_stand_apart(study: Study) -> None:
    import_roster(study, _file(study, CONTENT))
    roster = read_roster(study)
    told = f"{roster.people.to_csv()} {roster.sites} {roster.aliases}"
    assert "Personne" not in told
    with study_store(study).reading() as connection:
        for table in (people, audit):
            assert "Personne" not in str(connection.execute(select(table)).all())
    assert read_names(study).names[roster.aliases["resident"]["101"]] == "Première Personne"


def test_a_longer_roster_adds_only_who_is_new(study: Study) -> None:
    import_roster(study, _file(study, CONTENT))
    before = read_roster(study)
    longer = CONTENT.replace("S1;S3", "S2").replace("102,", "102,Troisième") + "resident,S3,,103,\n"
    longer = longer.replace("worker,S2,,,", "worker,S2,,w1,")
    assert import_roster(study, _file(study, longer)) == RosterReceipt(new=2, known=3)
    after = read_roster(study)
    for population, alias in (("resident", "101"), ("resident", "102"), ("partner", "p1")):
        assert after.aliases[population][alias] == before.aliases[population][alias]
    assert after.sites_of(after.aliases["partner"]["p1"]) == ("S1", "S2", "S3")
    assert read_names(study).names[after.aliases["resident"]["102"]] == "Troisième"


def test_the_same_file_is_refused(study: Study) -> None:
    file = _file(study, CONTENT)
    import_roster(study, file)
    with pytest.raises(ProblemsFound) as found:
        import_roster(study, file)
    assert _codes(found) == ["store.already_imported"]
    assert len(read_roster(study)) == 4


def test_all_problems_come_together_and_nobody_enters(study: Study) -> None:
    content = (
        "population,site,organisation,alias\n"
        "resident,S1;S2,,1\n"
        "neighbour,S1,,2\n"
        "resident,S9,,3\n"
        "partner,S1,,4\n"
        "resident,,,5\n"
        "resident,S1,,6\n"
        "resident,S2,,6\n"
    )
    with pytest.raises(ProblemsFound) as found:
        import_roster(study, _file(study, content))
    assert [(p.code, p.where.row) for p in found.value.problems] == [
        ("roster.several_sites", 1),
        ("roster.unknown_population", 2),
        ("roster.unknown_site", 3),
        ("roster.organisation_missing", 4),
        ("roster.site_missing", 5),
        ("roster.duplicate_alias", 7),
    ]
    assert len(_codes(found)) == 6
    assert len(read_roster(study)) == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("resident,S1,,101", "resident,S2,,101", "roster.other_site"),
        ("Comité A", "Comité B", "roster.other_organisation"),
    ],
)
def test_a_row_that_contradicts_the_roster_is_refused(study: Study, old: str, new: str, code: str) -> None:
    import_roster(study, _file(study, CONTENT))
    with pytest.raises(ProblemsFound) as found:
        import_roster(study, _file(study, CONTENT.replace(old, new)))
    assert _codes(found) == [code]
    assert len(read_roster(study)) == 4


def test_one_person_is_added(study: Study) -> None:
    code = add_person(study, population="partner", sites=["S1", "S2"], organisation="Comité A", alias="p7")
    assert read_roster(study).find("partner", "p7") == code
    with study_store(study).reading() as connection:
        (entry,) = connection.execute(select(audit.c.what, audit.c.details))
        assert connection.execute(select(contacts)).all() == []
    assert (entry.what, json.loads(entry.details)["code"]) == ("roster.add", code)
    with pytest.raises(ProblemsFound) as found:
        add_person(study, population="partner", sites=["S1"], organisation="Comité A", alias="p7")
    assert _codes(found) == ["roster.alias_in_use"]
    with pytest.raises(ProblemsFound) as found:
        add_person(study, population="partner", sites=["S1", "S8"])
    assert _codes(found) == ["roster.unknown_site", "roster.organisation_missing"]


def test_a_wave_is_enrolled_at_once_and_again_without_change(study: Study) -> None:
    ids = [str(number) for number in range(3_000)]
    sites = [None if number % 7 == 0 else f"S{number % 3 + 1}" for number in range(3_000)]
    with study_store(study).writing() as connection:
        first = enrol(study, connection, "resident", ids, sites, rng=np.random.default_rng(1))
    with study_store(study).writing() as connection:
        moved = enrol(study, connection, "resident", [*ids, "new"], [*["S1"] * 3_000, "S2"])
    assert len(set(first.values())) == 3_000
    assert {alias: moved[alias] for alias in ids} == first
    roster: Roster = read_roster(study)
    assert roster.aliases["resident"] == moved
    # Who had no site gets the first that is known; who had one keeps it.
    assert roster.sites_of(first["7"]) == ("S1",)
    assert roster.sites_of(first["1"]) == ("S2",)
    assert roster.sites_of(moved["new"]) == ("S2",)


def test_enrolling_gathers_the_sites_of_one_id(study: Study) -> None:
    with study_store(study).writing() as connection:
        many = enrol(study, connection, "worker", ["a", "a", "b"], ["S1", "S2", "S1"])
        one = enrol(study, connection, "resident", ["a", "a"], ["S1", "S2"])
    with study_store(study).writing() as connection:
        enrol(study, connection, "worker", ["a", "b"], ["S3", "S1"])
    roster = read_roster(study)
    assert roster.sites_of(many["a"]) == ("S1", "S2", "S3")
    assert roster.sites_of(many["b"]) == ("S1",)
    assert roster.sites_of(one["a"]) == ("S1",)


def test_simulated_studies_have_the_same_codes_again(
    tmp_path: Path, study_maker: Callable[..., Study]
) -> None:
    found = []
    for name in ("one", "two"):
        made = study_maker(tmp_path / name)
        with study_store(made).writing() as connection:
            found.append(
                enrol(made, connection, "resident", ["a", "b"], ["S1", "S1"], rng=np.random.default_rng(4))
            )
    assert found[0] == found[1]
