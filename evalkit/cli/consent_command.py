"""`evalkit consent`: what people have agreed to, by purpose."""

from __future__ import annotations

from typing import Annotated

import typer

from evalkit.cli.options import JsonOption, StudyOption, open_study
from evalkit.cli.showing import command_language, problems_shown, show_facts, show_table, tell

app = typer.Typer(help="Keep what people have agreed to, such as being quoted.")


@app.command()
def record(
    person: Annotated[str, typer.Argument(help="Code of the person in the roster.")],
    purpose: Annotated[
        str, typer.Option("--purpose", help="participate, recontact, link_waves, quote or named_network_map.")
    ],
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that a person agrees to a purpose, and print the number of the consent."""
    with problems_shown(as_json=as_json):
        from evalkit.errors import ProblemsFound
        from evalkit.problems import error
        from evalkit.study.consent import PURPOSES, record_consent

        chosen = next((known for known in PURPOSES if known == purpose), None)
        if chosen is None:
            raise ProblemsFound(
                [error("consent.unknown_purpose", purpose=purpose, known=", ".join(PURPOSES))]
            )
        consent = record_consent(open_study(study), person, chosen)
    if as_json:
        show_facts({"consent": consent.id})
    else:
        tell("consent.recorded", consent=consent.id, person=person, purpose=purpose)


@app.command()
def withdraw(
    consent: Annotated[str, typer.Argument(help="Number of the consent, such as c3.")],
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that a consent is withdrawn."""
    with problems_shown(as_json=as_json):
        from evalkit.study.consent import withdraw_consent

        gone = withdraw_consent(open_study(study), consent)
    if as_json:
        show_facts({"consent": gone.id, "withdrawn": gone.withdrawn})
    else:
        tell("consent.withdrawn", consent=consent)


@app.command()
def show(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """List the consents, with those withdrawn."""
    with problems_shown(as_json=as_json):
        from dataclasses import astuple, fields

        from evalkit.study.consent import Consent, read_consents
        from evalkit.texts.phrases import phrase

        found = read_consents(open_study(study)).values()
    names = [field.name for field in fields(Consent)]
    if as_json:
        show_facts({"consents": [dict(zip(names, astuple(c), strict=True)) for c in found]})
    elif not found:
        tell("consent.none")
    else:
        heads = ["consent", *names[1:]]
        words = [phrase(f"commands.consent.column.{head}").say(command_language()) for head in heads]
        show_table(words, [astuple(consent) for consent in found])
