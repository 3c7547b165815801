"""Questionnaires: read, checked, compared."""
