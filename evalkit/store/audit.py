"""The audit trail: who did what, when."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from evalkit.store.tables import audit


@dataclass(frozen=True)
class AuditEntry:
    """Hold an entry of the audit trail: when (ISO 8601, UTC), who, what, and plain values."""

    when: str
    who: str
    what: str
    details: Mapping[str, Any]


def who() -> str:
    """Return who is at work: `EVALKIT_USER`, or the name of the account."""
    named = os.environ.get("EVALKIT_USER", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # An account without a name, as in some containers.
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "?"


def now() -> str:
    """Return this moment, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def add_entry(connection: Connection, what: str, details: Mapping[str, Any], by: str | None = None) -> None:
    """Append an entry to the audit trail, within the caller's transaction.

    Parameters
    ----------
    what : verb, such as `import` or `roster.add`.
    details : plain values, without names or answers.
    by : who did it; `who()` when not given.
    """
    entry = {
        "when": now(),
        "who": by or who(),
        "what": what,
        "details": json.dumps(details, ensure_ascii=False),
    }
    connection.execute(insert(audit), entry)


def entries(connection: Connection, what: str) -> tuple[AuditEntry, ...]:
    """Return the entries of one verb, the oldest first."""
    c = audit.c
    query = select(c.when, c.who, c.what, c.details).where(c.what == what).order_by(c.id)
    return tuple(AuditEntry(*row[:3], json.loads(row.details)) for row in connection.execute(query))
