"""Office files that tell no date: the same content is the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a ZIP archive can tell
PROPERTIES = "docProps/core.xml"


def dateless(archive: bytes) -> bytes:
    """Return an Office file (DOCX, XLSX) without the time at which it was written.

    Parameters
    ----------
    archive : the file as a library wrote it; its parts keep their order.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, _without_dates(content) if name == PROPERTIES else content)
    return made.getvalue()


def _without_dates(properties: bytes) -> bytes:
    return re.sub(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", b"", properties, flags=re.DOTALL)
