"""How to redo the numbers: the command, and the hashes of what must be the same to begin with."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.documents.blocks import Block, BulletList, Paragraph, Part
from evalkit.reports.evidence import Evidence
from evalkit.reports.section import Section
from evalkit.reports.wording import year
from evalkit.store.imports import Import, all_imports
from evalkit.study.study_store import study_store
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import text_of

TEXTS = "report.redo"


def _build(evidence: Evidence) -> Part:
    return Part("redo", _say("title"), tuple(_blocks(evidence)))


def _blocks(evidence: Evidence) -> Iterator[Block]:
    yield Paragraph((_say("command", command=text_of("evalkit run")), _say("same_bytes")))
    if evidence.plan.locks:
        yield Paragraph((_say("lock", sha256=text_of(evidence.plan.locks[-1].sha256)),))
    imports = _imports_of(evidence)
    if imports:
        yield Paragraph((_say("originals"),))
        yield BulletList(tuple((_original(evidence, one),) for one in imports))


def _imports_of(evidence: Evidence) -> tuple[Import, ...]:
    """Return the imports of the waves that the report knows of."""
    known = {wave.id for wave in evidence.waves}
    with study_store(evidence.study).reading() as connection:
        return tuple(one for one in all_imports(connection) if one.wave in known)


def _original(evidence: Evidence, one: Import) -> Phrase:
    # The file's own name is left out: people write names of persons and places into it.
    wave = evidence.study.waves_by_id[one.wave]
    return _say("original", year=year(wave.year), instrument=one.instrument, sha256=text_of(one.sha256))


def _say(key: str, **values: object) -> Phrase:
    return phrase(f"{TEXTS}.{key}", **values)


SECTION = Section("redo", 94, _build, frozenset(("technical",)))
