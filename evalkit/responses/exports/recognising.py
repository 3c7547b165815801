"""Which platform wrote an export, by its shape."""

from __future__ import annotations

from evalkit.registry import discover
from evalkit.responses.exports.platform import Export, Platform

PLATFORMS = "evalkit.responses.platforms"


def recognise(export: Export) -> Platform | None:
    """Return the platform that wrote an export, or None when it has the shape of none."""
    platforms = discover(PLATFORMS, "PLATFORM").values()
    return next((platform for platform in platforms if platform.recognises(export)), None)
