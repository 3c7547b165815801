"""The tables of the store, and the triggers that keep submissions and the audit trail append-only."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
)

SCHEMA_VERSION = 1

metadata = MetaData()

# SQLite makes its own row number only for INTEGER; PostgreSQL needs eight bytes for a province.
_ID = BigInteger().with_variant(Integer(), "sqlite")
# One order of codes on every machine, whatever the locale of the database server.
_CODE = Text().with_variant(Text(collation="C"), "postgresql")

store_version = Table("store_version", metadata, Column("version", Integer, nullable=False))

people = Table(
    "people",
    metadata,
    Column("code", _CODE, primary_key=True),
    Column("population", Text, nullable=False, index=True),
    Column("organisation", Text),
    Column("status", Text, nullable=False),
    Column("entered", Text, nullable=False),
)

people_sites = Table(
    "people_sites",
    metadata,
    Column("code", _CODE, ForeignKey("people.code"), primary_key=True),
    Column("site", Text, primary_key=True),
)

# The key table: ids of other platforms. Nothing that is analysed joins it.
aliases = Table(
    "aliases",
    metadata,
    Column("population", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("code", _CODE, ForeignKey("people.code"), nullable=False),
)

# Names, when a roster file has them. Only the command that is asked for names reads it.
contacts = Table(
    "contacts",
    metadata,
    Column("code", _CODE, ForeignKey("people.code"), primary_key=True),
    Column("name", Text, nullable=False),
)

# A missing site is stored as "", so that the unique constraint holds for it too.
submissions = Table(
    "submissions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("respondent", _CODE, nullable=False),
    Column("site", _CODE, nullable=False),
    Column("wave", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("language", Text),
    Column("mode", Text),
    Column("interviewer", Text),
    Column("started", Text),
    Column("ended", Text),
    Column("source", Text, nullable=False),
    Column("row", Integer),
    Column("revision", Integer, nullable=False),
    Column("replaces", _ID, ForeignKey("submissions.id"), unique=True),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("absent", Text, nullable=False),
    UniqueConstraint("wave", "instrument", "respondent", "site", "revision", name="one_revision"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("map_sha256", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("wave", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("when", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("counts", Text, nullable=False),
    UniqueConstraint("sha256", "map_sha256", "wave", "instrument", name="one_import"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("when", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("details", Text, nullable=False),
)

APPEND_ONLY = (submissions, imports, audit)


def _keep_append_only(table: Table) -> None:
    for verb in ("UPDATE", "DELETE"):
        _after_create(
            table,
            "sqlite",
            f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END",
        )
    _after_create(
        table,
        "postgresql",
        "CREATE OR REPLACE FUNCTION evalkit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$",
    )
    _after_create(
        table,
        "postgresql",
        f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION evalkit_append_only()",
    )


def _after_create(table: Table, dialect: str, sql: str) -> None:
    statement = DDL(sql)  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", statement.execute_if(dialect=dialect))


for _table in APPEND_ONLY:
    _keep_append_only(_table)
