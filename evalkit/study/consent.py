"""Consents: what people have agreed to beyond answering, by purpose; given, and perhaps withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error
from evalkit.store.audit import add_entry, entries
from evalkit.store.people import list_codes
from evalkit.study.study import Study
from evalkit.study.study_store import study_store

Purpose = Literal["participate", "recontact", "link_waves", "quote", "named_network_map"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
GIVEN, WITHDRAWN = "consent.given", "consent.withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """Hold a consent as recorded.

    Parameters
    ----------
    id : number of the consent, such as `c3`; what report.yaml names.
    person : code of the roster.
    purpose : what it allows; each purpose is asked for by itself.
    given : moment of the record, ISO 8601 in UTC.
    withdrawn : moment of the withdrawal; None while it holds.
    """

    id: str
    person: str
    purpose: Purpose
    given: str
    withdrawn: str | None = None


def record_consent(study: Study, person: str, purpose: Purpose) -> Consent:
    """Record that a person of the roster agrees to a purpose; it stands in the audit trail for good.

    Raises
    ------
    ProblemsFound : `consent.unknown_person`.
    """
    with study_store(study).writing() as connection:
        if person not in list_codes(connection):
            raise ProblemsFound([error("consent.unknown_person", person=person)])
        name = f"c{len(entries(connection, GIVEN)) + 1}"
        add_entry(connection, GIVEN, {"id": name, "person": person, "purpose": purpose})
        return _consents(connection)[name]


def withdraw_consent(study: Study, consent: str) -> Consent:
    """Record that a consent is withdrawn; what rests on it is refused from now on.

    Raises
    ------
    ProblemsFound : `consent.unknown`, `consent.withdrawn`.
    """
    with study_store(study).writing() as connection:
        known = _consents(connection)
        if consent not in known:
            raise ProblemsFound([error("consent.unknown", consent=consent)])
        if known[consent].withdrawn:
            raise ProblemsFound([error("consent.withdrawn", consent=consent)])
        add_entry(connection, WITHDRAWN, {"id": consent})
        return _consents(connection)[consent]


def read_consents(study: Study) -> dict[str, Consent]:
    """Return every consent of a study by id, in the order in which they were given."""
    with study_store(study).reading() as connection:
        return _consents(connection)


def refusal_of(
    consents: Mapping[str, Consent], consent: str, purpose: Purpose, where: Place
) -> Problem | None:
    """Return why a consent does not allow a purpose, at the place that relies on it; None when it does."""
    found = consents.get(consent)
    if found is None:
        return error("consent.unknown", where, consent=consent)
    if found.withdrawn:
        return error("consent.withdrawn", where, consent=consent)
    return None if found.purpose == purpose else error("consent.other_purpose", where, consent=consent)


def _consents(connection: Connection) -> dict[str, Consent]:
    gone = {entry.details["id"]: entry.when for entry in entries(connection, WITHDRAWN)}
    given = ((entry.when, entry.details) for entry in entries(connection, GIVEN))
    return {
        d["id"]: Consent(d["id"], d["person"], d["purpose"], when, gone.get(d["id"])) for when, d in given
    }
