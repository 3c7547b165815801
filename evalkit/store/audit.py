"""The audit trail: who did what, when."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from evalkit.store.tables import audit


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
