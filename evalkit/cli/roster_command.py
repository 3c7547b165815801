"""`evalkit roster`: who may answer, by code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import problems_shown, show_facts, show_table, tell

if TYPE_CHECKING:
    from evalkit.study.roster import Roster
    from evalkit.study.study import Study

app = typer.Typer(help="Keep the list of who may answer.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: population, site, organisation, alias, name.")],
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter everyone of a file, and make their codes."""
    with problems_shown(as_json=as_json):
        from evalkit.study.roster_import import import_roster

        receipt = import_roster(open_study(study), file)
    if as_json:
        show_facts(vars(receipt))
    else:
        tell("roster.imported", count=receipt.new, known=receipt.known)


@app.command()
def add(
    *,
    population: Annotated[str, typer.Option(help="Population, such as resident or partner.")],
    site: Annotated[list[str], typer.Option(help="Site; give it again for several sites.")],
    organisation: Annotated[str | None, typer.Option(help="Organisation of a partner.")] = None,
    alias: Annotated[str | None, typer.Option(help="Id on another platform.")] = None,
    name: Annotated[str | None, typer.Option(help="Name, kept apart from the answers.")] = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter one person or organisation, and print the new code."""
    with problems_shown(as_json=as_json):
        from evalkit.study.enrolling import add_person

        code = add_person(
            open_study(study),
            population=population,
            sites=tuple(dict.fromkeys(site)),
            organisation=organisation,
            alias=alias,
            name=name,
        )
    if as_json:
        show_facts({"code": code})
    else:
        tell("roster.added", code=code)


@app.command()
def show(
    population: Annotated[str | None, typer.Option(help="Only this population.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    names: Annotated[bool, typer.Option("--names", help="Add names and ids of other platforms.")] = False,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List codes with their sites; names only when asked for."""
    with problems_shown(as_json=as_json):
        from evalkit.study.roster import read_roster

        read = open_study(study)
        people = _people(read_roster(read), population, site)
        if names:
            people = _with_names(read, people)
    if as_json:
        show_facts({"people": people})
    elif people:
        show_table(list(people[0]), ([_shown(value) for value in person.values()] for person in people))
    else:
        tell("roster.nobody")


def _people(roster: Roster, population: str | None, site: str | None) -> list[dict[str, Any]]:
    return [
        {
            "code": str(person.code),
            "population": str(person.population),
            "sites": list(roster.sites_of(str(person.code))),
            "organisation": person.organisation,
            "status": str(person.status),
        }
        for person in roster.people.itertuples()
        if population in (None, person.population)
        if site is None or site in roster.sites_of(str(person.code))
    ]


def _with_names(study: Study, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from evalkit.study.roster_names import read_names

    known = read_names(study)
    return [
        {**person, "aliases": known.aliases.get(person["code"], ()), "name": known.names.get(person["code"])}
        for person in people
    ]


def _shown(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list | tuple) else value
