"""Waves joined into one long table."""
