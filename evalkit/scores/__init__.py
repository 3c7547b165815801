"""Scales scored, and their reliability."""
